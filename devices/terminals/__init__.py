"""Card terminals: what they speak, and how the end of a payment is known.

A payment ends as approved, declined (nothing was paid), not sent (`DeviceDown`: it may be tried again) or unknown
(`PaymentUnknown`: never sent again by itself). Whatever a terminal says that is not understood, after the request has
left, is unknown.
"""
