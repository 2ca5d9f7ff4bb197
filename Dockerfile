# The images of the system, one target each: auth, catalog, mailing, web, gateway, secrets, front, backup, tests.
#
# Packages are installed from the locks in requirements/, in a stage of their own, so an image holds
# its own service's packages and no tool to build or install them. Users are numbers, so that an
# orchestrator can tell that none of them is root.

ARG PYTHON_IMAGE=python:3.13-slim-trixie
ARG POSTGRES_IMAGE=postgres:17-trixie

FROM ${PYTHON_IMAGE} AS base
ENV PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PATH=/venv/bin:$PATH
# The official image has Python's own library as source alone, and nothing is written where it runs: every
# start, and every health check, would compile anew what it imports.
RUN python -m compileall -q -j 0 -x '/(ensurepip|idlelib|test|tkinter|turtledemo|(site|dist)-packages)/' \
    "$(python -c 'import os; print(os.path.dirname(os.__file__))')"
WORKDIR /app
LABEL org.opencontainers.image.vendor="Vitrina" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="1.0.0"


FROM base AS builder
ARG PIP_INDEX_URL
ARG PIP_EXTRA_INDEX_URL
RUN apt-get update -q && apt-get install -yq --no-install-recommends binutils
COPY deploy/install-packages /usr/local/bin/

FROM builder AS auth-packages
COPY requirements/auth.txt ./
RUN --mount=type=cache,target=/root/.cache/pip --mount=type=secret,id=pip_cert \
    install-packages auth.txt

FROM builder AS catalog-packages
COPY requirements/catalog.txt ./
RUN --mount=type=cache,target=/root/.cache/pip --mount=type=secret,id=pip_cert \
    install-packages catalog.txt

FROM builder AS mailing-packages
COPY requirements/mailing.txt ./
RUN --mount=type=cache,target=/root/.cache/pip --mount=type=secret,id=pip_cert \
    install-packages mailing.txt

FROM builder AS web-packages
COPY requirements/web.txt ./
RUN --mount=type=cache,target=/root/.cache/pip --mount=type=secret,id=pip_cert \
    install-packages web.txt

FROM builder AS gateway-packages
COPY requirements/gateway.txt ./
RUN --mount=type=cache,target=/root/.cache/pip --mount=type=secret,id=pip_cert \
    install-packages gateway.txt

FROM builder AS dev-packages
COPY requirements/dev.txt ./
RUN --mount=type=cache,target=/root/.cache/pip --mount=type=secret,id=pip_cert \
    install-packages dev.txt


# The code without its tests, compiled here because nothing is written where it runs.
FROM base AS code
COPY shared shared
COPY auth_service auth_service
COPY catalog_service catalog_service
COPY mailing_service mailing_service
COPY web_service web_service
COPY gateway gateway
COPY vitrina vitrina
RUN find . -type d -name tests -prune -exec rm -rf {} + && python -m compileall -q .


FROM base AS auth
LABEL org.opencontainers.image.title="vitrina-auth" \
      org.opencontainers.image.description="Owns users and issues their tokens"
COPY deploy/healthcheck.py /usr/local/lib/
COPY deploy/vitrina /usr/local/bin/
COPY --from=auth-packages /venv /venv
COPY --from=code /app/shared shared
COPY --from=code /app/auth_service auth_service
COPY --from=code /app/vitrina vitrina
COPY vitrina.dist-info vitrina.dist-info
ENV AUTH_HOST=0.0.0.0 AUTH_PORT=8001
EXPOSE 8001
USER 10001:10001
CMD ["python", "-m", "auth_service"]


FROM base AS catalog
LABEL org.opencontainers.image.title="vitrina-catalog" \
      org.opencontainers.image.description="Owns products"
COPY deploy/healthcheck.py /usr/local/lib/
COPY deploy/vitrina /usr/local/bin/
COPY --from=catalog-packages /venv /venv
COPY --from=code /app/shared shared
COPY --from=code /app/catalog_service catalog_service
COPY --from=code /app/vitrina vitrina
COPY vitrina.dist-info vitrina.dist-info
ENV CATALOG_HOST=0.0.0.0 CATALOG_PORT=8002
EXPOSE 8002
USER 10002:10002
CMD ["python", "-m", "catalog_service"]


FROM base AS mailing
LABEL org.opencontainers.image.title="vitrina-mailing" \
      org.opencontainers.image.description="Writes to people: mailings, and the worker that sends them"
COPY deploy/healthcheck.py /usr/local/lib/
COPY deploy/vitrina /usr/local/bin/
COPY --from=mailing-packages /venv /venv
COPY --from=code /app/shared shared
COPY --from=code /app/mailing_service mailing_service
COPY --from=code /app/vitrina vitrina
COPY vitrina.dist-info vitrina.dist-info
ENV MAILING_HOST=0.0.0.0 MAILING_PORT=8003
# A new volume takes its owner over; the group is that by which backups come and go.
RUN install -d -o 10005 -g 10005 -m 2770 /var/lib/vitrina/pictures
EXPOSE 8003
USER 10005:10005
CMD ["python", "-m", "mailing_service"]


FROM base AS web
LABEL org.opencontainers.image.title="vitrina-web" \
      org.opencontainers.image.description="Shows the shop as pages, for people with a browser"
COPY deploy/healthcheck.py /usr/local/lib/
COPY deploy/vitrina /usr/local/bin/
COPY --from=web-packages /venv /venv
COPY --from=code /app/shared shared
COPY --from=code /app/web_service web_service
COPY --from=code /app/vitrina vitrina
COPY vitrina.dist-info vitrina.dist-info
ENV WEB_HOST=0.0.0.0 WEB_PORT=8004
EXPOSE 8004
USER 10007:10007
CMD ["python", "-m", "web_service"]


FROM base AS gateway
LABEL org.opencontainers.image.title="vitrina-gateway" \
      org.opencontainers.image.description="The only door: checks tokens and passes requests on"
COPY deploy/healthcheck.py /usr/local/lib/
COPY --from=gateway-packages /venv /venv
COPY --from=code /app/shared shared
COPY --from=code /app/gateway gateway
ENV GATEWAY_HOST=0.0.0.0 GATEWAY_PORT=8000
EXPOSE 8000
USER 10003:10003
CMD ["python", "-m", "gateway"]


# Makes the secrets of a first start; a new volume takes its folder's owner over.
FROM base AS secrets
LABEL org.opencontainers.image.title="vitrina-secrets" \
      org.opencontainers.image.description="Makes the secrets of the system, once"
RUN install -d -o 10000 -g 10000 -m 711 /run/secrets
COPY standalone/secret_files.py standalone/services.toml ./
USER 10000:10000
ENTRYPOINT ["python", "-I", "/app/secret_files.py", "/run/secrets"]


# TLS in front of the gateway, and the balance between replicas.
FROM base AS front
LABEL org.opencontainers.image.title="vitrina-front" \
      org.opencontainers.image.description="Takes TLS off and balances between replicas"
RUN apt-get update -q && \
    apt-get install -yq --no-install-recommends haproxy && \
    rm -rf /var/lib/apt/lists/* /var/cache/apt/*
COPY deploy/healthcheck.py deploy/front/replica.py /usr/local/lib/
COPY deploy/front/haproxy.cfg /etc/haproxy/haproxy.cfg
EXPOSE 8080 8443
USER 10006:10006
CMD ["haproxy", "-W", "-db", "-f", "/etc/haproxy/haproxy.cfg"]


# Takes backups and restores them, with the programs of the very server they are of.
FROM ${POSTGRES_IMAGE} AS backup
LABEL org.opencontainers.image.vendor="Vitrina" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="1.0.0" \
      org.opencontainers.image.title="vitrina-backup" \
      org.opencontainers.image.description="Backs up the databases, the pictures and the secrets, encrypted"
RUN apt-get update -q && \
    apt-get install -yq --no-install-recommends python3-cryptography && \
    rm -rf /var/lib/apt/lists/* /var/cache/apt/*
ENV PYTHONDONTWRITEBYTECODE=1
# As in the image of mailing: a new volume takes its owner over.
RUN install -d -o 10005 -g 10005 -m 2770 /var/lib/vitrina/pictures
WORKDIR /app
COPY standalone/__init__.py standalone/registry.py standalone/secret_files.py standalone/services.toml standalone/
COPY standalone/backup standalone/backup
COPY standalone/rotation standalone/rotation
USER 10000:10000
ENTRYPOINT ["python3", "-m", "standalone.backup"]


# Everything that the tests need but an engine. initdb wants its user to have a name.
FROM base AS tests
LABEL org.opencontainers.image.title="vitrina-tests" \
      org.opencontainers.image.description="Runs the tests that need no container engine"
RUN useradd --uid 10004 --home-dir /tmp --no-create-home --shell /usr/sbin/nologin tests
COPY --from=dev-packages /venv /venv
COPY . .
ENV COVERAGE_FILE=/tmp/.coverage \
    HYPOTHESIS_STORAGE_DIRECTORY=/tmp/hypothesis
USER 10004:10004
CMD ["python", "-m", "pytest", "-p", "no:cacheprovider", "-m", "not containers and not soak and not node and not installing and not monitoring and not browser", "--numprocesses", "2", "--dist", "loadfile", "--no-loadscope-reorder"]
