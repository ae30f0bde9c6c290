"""A payment provider that takes no real money: a process of its own, reached by HTTP, answering by signed webhook.

It stands where Alipay, WeChat Pay or Stripe would, and misbehaves as they do, on demand and by seed.
"""
