# The cloud: one image, four commands (migrate, ingest, api, timers). Build from the root of the checkout, with the
# wheel in dist/; the front-end libraries are inside the wheel, so no Node is needed here.

FROM python:3.11.14-slim-bookworm AS packages
WORKDIR /build
RUN python -m venv /opt/fallwatch
COPY requirements/cloud.txt ./
# An installation behind a mirror hands its pip.conf over as a build secret; none is committed.
RUN --mount=type=secret,id=pip_conf,target=/etc/pip.conf \
    /opt/fallwatch/bin/pip install --no-cache-dir --no-deps --require-hashes --requirement cloud.txt
COPY dist/fallwatch-*.whl ./
RUN /opt/fallwatch/bin/pip install --no-cache-dir --no-deps --no-index ./fallwatch-*.whl

FROM python:3.11.14-slim-bookworm
# Chinese letters for certificates, which are set as PDF here.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends fonts-noto-cjk=1:20220127+repack1-1 \
    && rm -rf /var/lib/apt/lists/*
# The folders exist with the right owner, so that fresh volumes take it over.
RUN useradd --uid 10001 --create-home --home-dir /var/lib/fallwatch --shell /usr/sbin/nologin fallwatch \
    && install --directory --owner=10001 --group=10001 /var/lib/fallwatch/evidence /var/lib/fallwatch/staging \
    && install --directory --owner=10001 --group=10001 --mode=0700 /var/lib/fallwatch/keys
COPY --from=packages /opt/fallwatch /opt/fallwatch
ENV PATH=/opt/fallwatch/bin:$PATH \
    PYTHONSAFEPATH=1 \
    PYTHONUNBUFFERED=1
USER 10001:10001
WORKDIR /var/lib/fallwatch
EXPOSE 8080 9102
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s --retries=4 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8080/readyz', timeout=4)"]
ENTRYPOINT ["fallwatch", "cloud"]
CMD ["api", "--config", "/etc/fallwatch/cloud.yaml"]
