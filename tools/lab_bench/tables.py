class Findings:
    def __init__(s,rows): s.rows=rows
    def closing_line(s,quick): return "x"
def say(*a,**k): pass
