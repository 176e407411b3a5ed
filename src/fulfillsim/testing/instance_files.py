"""A small file of each format that `fulfillsim.io.instances` reads, for tests of readers."""

from __future__ import annotations

WG = """NAME : tiny
TYPE : Order_batching
PICKER_CAPACITY : 3
LAYOUT : single-block
NUM_AISLES : 2
NUM_CELLS : 10
DEPOT_AISLE : 1
DEPOT_LOCATION : bottom
DISTANCE_AISLE_TO_AISLE : 2.5
DISTANCE_CELL_TO_CELL : 1
DISTANCE_TOP_TO_CELL : 3
DISTANCE_BOTTOM_TO_CELL : 2
DISTANCE_TOP_OR_BOTTOM_TO_DEPOT : 0
ARTICLE_SECTION
NUM_ARTICLES : 2
ID 0 WEIGHT 1
ID 1 WEIGHT 1
SKU_SECTION
NUM_SKUS : 2
ID 0 AISLE 0 CELL 0 QUANTITY 1 LEFT_RIGHT_HAND_SIDE left
ID 1 AISLE 1 CELL 9 QUANTITY 1 LEFT_RIGHT_HAND_SIDE left
ORDER_SECTION
NUM_ORDERS : 2
NUM_ARTICLES_IN_ORDER : 2
ID 0 QUANTITY 1
ID 1 QUANTITY 2
NUM_ARTICLES_IN_ORDER : 1
ID 1 QUANTITY 1
EOF
"""
HENN = "Order 0\tnumber of articles 2\n0\tAisle 3\tLocation 0\n1\tAisle 2\tLocation 44\n\n"
HENN += "Order 1\tnumber of articles 1\n0\tAisle 19\tLocation 1\n"
FOOD = """//NbLocations
4
//NbProducts
2
//K: NbBoxesTrolley
2
//NbDimensionsCapacity
1
//B: CapaBox
5
//A box can accept mixed orders(0: no, 1: yes)
{mixed}
//Products
1 1 1
2 2 2
//Orders
2
1 1 2 1 1 2 1
2 1 1 2 4
//Graph
//NbVerticesIntersections
1
//DepartingDepot
0
//ArrivalDepot
4
//Arcs
//Start End Distance
0 1 3
1 2 1.5
2 4 2
//LocStart LocEnd ShortestPath
0 1 3
//Vertices coordinates LocationName
0 0 0 depotDep
1 0 3 Aisle 1
2 1.5 3 Aisle 2
3 1.5 0 Crossing
4 3.5 3 depotArr
"""
TOUR = '{"id":"s0","blocks":1,"aisles":2,"aisle_spacing":5.0,"cross_aisles":[0.0,10.0],"depot":[0,0.0],'
TOUR += '"picks":[[0,4.0],[1,5.0]],"optimal":28.0,"s_shape":30.0}\n'

HALL = '{"arcs": [[0, 1, 4.0], [1, 2, 6.0], [2, 3, 4.0], [3, 0, 6.0]], "start": 0, "places": [[0,0],[0,4],[6,4],[6,0]]}'
IN_HALL = """{"layout": "hall.json", "capacity": {"items": 4, "weight": 20.0, "orders": 3}}
{"id": "A", "picks": [1, 2], "weight": 9.5}
{"id": "B", "picks": [3], "weight": 4.0}
{"id": "C", "picks": [2, 2], "items": 3, "weight": 12.0}
"""
AISLES = '{"aisles": 3, "aisle_spacing": 5.0, "cross_aisles": [0.0, 10.0], "depot": [0, 0.0]}'
PICKERS = '{"n_pickers": 1, "speed_m_per_s": 1.0, "setup_s": 30.0, "pick_s": 5.0}'
DUE = f"""{{"layout": {AISLES}, "capacity": {{"lines": 4}}, "pickers": {PICKERS}, "tardiness_m_per_s": 2.0}}
{{"id": "A", "picks": [[0, 3.0], [1, 2.0]], "due_s": 400}}
{{"id": "B", "picks": [[0, 5.0]], "due_s": 60}}
{{"id": "C", "picks": [[2, 5.0]], "due_s": 90}}
"""

ONE_ORDER = WG.replace("PICKER_CAPACITY : 3\n", "").partition("NUM_ORDERS")[0]
ONE_ORDER += "NUM_ARTICLES : 2\nID 0 QUANTITY 1\nID 1 QUANTITY 2\nEOF\n"
GRAPH_TOUR = '{"id": "g", "layout": "hall.json", "picks": [1, 3], "optimal": 20.0, '
GRAPH_TOUR += '"weight_kg": [1.5, 12.0], "heavy_kg": 10.0}\n'

FILES = {
    "wg.txt": WG,
    "one.txt": ONE_ORDER,
    "25s-2-5-0.txt": HENN,
    "food.txt": FOOD.format(mixed=1),
    "tours.jsonl": TOUR + GRAPH_TOUR,
    "orders.jsonl": IN_HALL,
    "due.jsonl": DUE,
}
SELECTION = {
    "articles.csv": "id,volume\na,10\nb,20\n",
    "warehouse_items.csv": "id,row,aisle,article,zone\nw0,-5,3,a,z1\nw1,4,0,b,z2\n",
    "orders.json": '[{"id":"o0","positions":["a","b"]},{"id":"o1","positions":["a"]}]',
    "parameters.json": '{"min_number_requested_items": 2, "max_orders_per_batch": 2, "max_container_volume": 30, '
    '"first_row": -9, "last_row": 9}',
}
