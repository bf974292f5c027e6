"""The cockpit: metrics and lanes as pages and as an HTTP API. It must not be needed by the pipeline."""
