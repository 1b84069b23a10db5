# The worker. glibc is needed: Temporal's native module has no build for Alpine.
FROM node:22-bookworm-slim AS build
WORKDIR /app
COPY . .
RUN npm ci && npm prune --omit=dev --ignore-scripts

FROM node:22-bookworm-slim
ENV NODE_ENV=production PXM_STATE_FOLDER=/var/lib/proxmox-manager
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
RUN install -d -o node -g node -m 700 /var/lib/proxmox-manager
USER node
VOLUME /var/lib/proxmox-manager
EXPOSE 9780 9781
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:9780/healthz').then((it) => process.exit(it.ok ? 0 : 1))"]
# The shell sets the core limit (a core file would hold the token) and is replaced by the worker, which gets the signals.
ENTRYPOINT ["/bin/sh", "-c", "ulimit -c 0; exec node dist/src/worker.js \"$@\"", "worker"]
CMD ["--health-port", "9780", "--metrics-port", "9781"]
STOPSIGNAL SIGTERM
