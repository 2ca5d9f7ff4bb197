// How a front end uses the types of openapi-typescript; what must not compile is marked.
import type { components, operations, paths } from "./api";

type Order = components["schemas"]["OrderRead"];
type Body<Name extends keyof operations> = operations[Name] extends {
  requestBody: { content: { "application/json": infer Content } };
}
  ? Content
  : never;

export const price = (order: Order): number => order.lines[0]?.price ?? order.total;
export const placed = (order: Order): Date => new Date(order.created_at);
export const credentials: Body<"signIn"> = { login: "anna@example.com", password: "Open:Sesame1" };
export const paid: paths["/api/v1/orders/{order_id}/pay"]["post"] = {} as operations["payOrder"];

// @ts-expect-error: a total is a number
export const total: string = ({} as Order).total;
// @ts-expect-error: a password is needed
export const incomplete: Body<"signIn"> = { login: "anna@example.com" };
// @ts-expect-error: there is no such operation
export type Unknown = operations["payOrderApiV1OrdersOrderIdPayPost"];
