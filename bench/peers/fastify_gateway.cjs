// A gateway as the documents of fastify, @fastify/http-proxy and fast-jwt write it.
"use strict";
const { readFileSync } = require("node:fs");
const { createVerifier } = require("fast-jwt");

const { BENCH_PORT, BENCH_UPSTREAM, BENCH_PUBLIC_KEY, BENCH_ISSUER, BENCH_AUDIENCE, BENCH_TOKENS } =
  process.env;
const verify = createVerifier({
  key: readFileSync(BENCH_PUBLIC_KEY),
  algorithms: ["RS256"],
  allowedIss: BENCH_ISSUER,
  allowedAud: BENCH_AUDIENCE,
  cache: Number(BENCH_TOKENS) || false,
});
const app = require("fastify")();
app.register(require("@fastify/http-proxy"), {
  upstream: BENCH_UPSTREAM,
  preHandler: async (request, reply) => {
    const [scheme, token] = (request.headers.authorization ?? "").split(" ");
    try {
      if (scheme.toLowerCase() !== "bearer") throw new Error("no token");
      verify(token);
    } catch {
      return reply.code(401).send({ code: 401, message: "Unauthorized" });
    }
  },
});
app.listen({ host: "127.0.0.1", port: Number(BENCH_PORT) });
