// How a front end uses the client of @hey-api/openapi-ts; what must not compile is marked.
import { exportProducts, importProducts, listProducts, payOrder, signIn } from "./client";
import type { OrderRead, ProductPage } from "./client";

const baseUrl = "http://localhost:8000";

export async function names(): Promise<string[]> {
  const body = { login: "anna@example.com", password: "Open:Sesame1" };
  const { data: pair } = await signIn({ baseUrl, body, throwOnError: true });
  const { data } = await listProducts({
    baseUrl,
    auth: pair.access_token,
    query: { size: 100, sort: "-price", price_min: 3_000_000_000 },
    throwOnError: true,
  });
  const page: ProductPage = data;
  return page.items.map((product) => `${product.name}: ${product.price}`);
}

export async function pay(order_id: string): Promise<OrderRead | undefined> {
  const { data, error } = await payOrder({ baseUrl, path: { order_id } });
  if (error) throw new Error(error.message);
  return data;
}

export async function copy(): Promise<number | undefined> {
  const { data: file } = await exportProducts({ baseUrl, query: { format: "csv" } });
  const { data: report } = await importProducts({ baseUrl, body: file ?? "" });
  return report?.created;
}

// @ts-expect-error: an order is named
payOrder({ baseUrl });
// @ts-expect-error: there is no such order of products
listProducts({ baseUrl, query: { sort: "weight" } });
