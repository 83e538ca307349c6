# The command line, and so the worker. Debian, not Alpine: the SDK's native part needs glibc. Workflows are bundled in the
# build, so that the worker writes nothing; it runs as a user without rights, on a file system that may be read-only.
ARG NODE_IMAGE=node:22.23.3-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# Nothing that a dependency brings runs in the build.
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
# The SDK brings its native part for every platform, some 25 MB each.
RUN npm run build \
  && node deploy/production-dependencies.mjs \
  && npm prune --ignore-scripts --no-audit --no-fund \
  && find node_modules/@temporalio/core-bridge/releases -mindepth 1 -maxdepth 1 \
    ! -name "$(uname -m)-unknown-linux-gnu" -exec rm -rf {} +

FROM ${NODE_IMAGE}
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/package.json /app/LICENSE ./
COPY --from=build /app/dist dist
COPY deploy/healthcheck.js ./
# Numeric, so that Kubernetes can see that it is not root.
USER 10001:10001
EXPOSE 9464
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["node", "/app/healthcheck.js"]
ENTRYPOINT ["node", "/app/dist/cli/main.js"]
CMD ["worker", "--config", "/etc/provisioner/provisioner.config.yaml", "--listen", "0.0.0.0:9464", "--log-format", "json"]
