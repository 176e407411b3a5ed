"""Which cartons an order's items go into: a quick rule, extreme points in three dimensions, and CP-SAT for hard cases.

``cartonize(items, cartons)`` gives packed cartons with weight and volume, which a carrier's tariff takes.
"""
