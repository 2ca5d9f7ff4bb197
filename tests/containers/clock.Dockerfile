# An image of the system whose clock can be stepped: `+600` in /tmp/clock is ten minutes ahead.
ARG BASE
FROM ${BASE}
USER 0:0
RUN apt-get update -q && apt-get install -yq --no-install-recommends libfaketime && \
    ln -s /usr/lib/*/faketime/libfaketimeMT.so.1 /usr/local/lib/libfaketime.so
ENV LD_PRELOAD=/usr/local/lib/libfaketime.so \
    FAKETIME_TIMESTAMP_FILE=/tmp/clock \
    FAKETIME_CACHE_DURATION=1 \
    FAKETIME_DONT_FAKE_MONOTONIC=1
ARG OWNER
USER ${OWNER}
