# The system's Node only runs npm; everything else runs on the Node that package-lock.json pins.
FROM node:24-bookworm-slim AS install
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts

FROM node:24-bookworm-slim
# git reads the registry for publishing; certificates are for its https.
RUN apt-get update \
  && apt-get install --yes --no-install-recommends git ca-certificates tini \
  && rm -rf /var/lib/apt/lists/* \
  && mkdir -p /data /public && chown node:node /data /public
WORKDIR /app
COPY --from=install /app/node_modules ./node_modules
COPY package.json LICENSE ./
COPY src ./src
USER node
ENV NODE_ENV=production PORT=3000 DATA_FOLDER=/data PUBLISH_TO=dir:/public PATH=/app/node_modules/.bin:$PATH
EXPOSE 3000
VOLUME ["/data", "/public"]
HEALTHCHECK --interval=30s --timeout=5s CMD ["node", "-e", "fetch('http://127.0.0.1:'+process.env.PORT+'/healthz').then(r=>process.exit(r.ok?0:1),()=>process.exit(1))"]
ENTRYPOINT ["tini", "--"]
CMD ["node", "src/server.ts"]
