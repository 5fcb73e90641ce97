"""The durable queue between what happened and what the cloud has confirmed."""
