# An edge box: one agent, one process for each camera. Build from the root of the checkout, with the wheel in dist/.

FROM python:3.11.14-slim-bookworm AS packages
WORKDIR /build
RUN python -m venv /opt/fallwatch
COPY requirements/edge.txt ./
# An installation behind a mirror hands its pip.conf over as a build secret; none is committed.
RUN --mount=type=secret,id=pip_conf,target=/etc/pip.conf \
    /opt/fallwatch/bin/pip install --no-cache-dir --no-deps --require-hashes --requirement edge.txt
COPY dist/fallwatch-*.whl ./
RUN /opt/fallwatch/bin/pip install --no-cache-dir --no-deps --no-index ./fallwatch-*.whl

FROM python:3.11.14-slim-bookworm
RUN useradd --uid 10001 --create-home --home-dir /var/lib/fallwatch --shell /usr/sbin/nologin fallwatch
COPY --from=packages /opt/fallwatch /opt/fallwatch
ENV PATH=/opt/fallwatch/bin:$PATH \
    PYTHONSAFEPATH=1 \
    PYTHONUNBUFFERED=1
USER 10001:10001
WORKDIR /var/lib/fallwatch
VOLUME /var/lib/fallwatch
EXPOSE 9101
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s --retries=4 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:9101/metrics', timeout=4)"]
ENTRYPOINT ["fallwatch"]
CMD ["edge", "agent", "/etc/fallwatch/edge.yaml"]
