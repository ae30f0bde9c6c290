# One node: edge, media and clerk workers. Give it DATABASE_URL, JISHI_MIGRATE_URL, VALKEY_URL and the two keys, or a volume
# on /data for the embedded engines. The PyAV wheel bundles x264: an image built from this file ships GPL code.
FROM python:3.11-slim-bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends nodejs npm && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY requirements ./requirements
RUN python -m venv /app/.venv && /app/.venv/bin/pip install --no-cache-dir --require-hashes -r requirements/run.lock
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY . .
RUN /app/.venv/bin/python scripts/vendor_web.py \
 && /app/.venv/bin/pip install --no-cache-dir --no-deps --no-build-isolation --editable . \
 && rm -rf node_modules

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /data jishi && install -d -o jishi -g jishi -m 0700 /data
COPY --from=build /app /app
USER jishi
WORKDIR /app
ENV JISHI_HOST=0.0.0.0 JISHI_DATA_DIR=/data PATH=/app/.venv/bin:$PATH
EXPOSE 8080 1935
HEALTHCHECK CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/healthz', timeout=3)"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["jishi"]
CMD ["serve"]
