"""The documents that are made from the code, so that they cannot say anything else.

    described.py     the five services wired without engines, and the source of their words
    asyncapi.py      docs/asyncapi.yaml: topics, messages, payloads, who listens to what
    openapi.py       docs/openapi/<service>.yaml: the HTTP interface of each service
    configuration.py docs/configuration.md: every setting
    commands.py      docs/commands.md: every command, its options, the exit codes
    contracts.py     docs/contracts/<version>.json: the shapes of events that a release had
    compatibility.py what a change would break of a release
    release.py       writes the contracts of a release, once
    payloads.py      JSON schemas of events, for asyncapi.py
    traceability.py  docs/traceability.md: promise, code, tests, screen
    written.py       writes a document, or tells that the one in the tree is stale

`python -m deploy.docs` writes all of them, `python -m deploy.docs --check` compares.
"""
