"""Snippets of Jinja for make_chat_templates.py: every operator, filter, test and method that the
engine has, and what Python raises on. Snippets that the engine refuses on purpose are in its tests."""

MESSAGES = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"},
            {"role": "assistant", "content": "Hello"}]

VARIABLES = {
    "n": 7, "m": -3, "f": 2.5, "g": 1e16, "t": True, "z": None, "s": "Hello World", "e": "",
    "w": "  a b\t\n", "u": "Straße ΑΣ.ΣΑΣ İi ǆ", "q": "it's \"q\" \\ \n \u00e9 \u200b 🌍",
    "l": [3, 1, 2], "ll": [[1, "b"], [2, "a"]], "d": {"b": 1, "a": [1, None, True], "Items": "x"},
    "dd": [{"k": "x", "v": 1, "o": {"p": "deep"}}, {"k": "Y", "v": 3}, {"k": "x", "v": 2}],
    "html": "<a href=\"x\">&'</a>", "names": ["b", "A", "c", "B", "a"], "long": "one two three",
    "mixed": [1, 2.0, "3", None, True, [], {}], "lines": "a\n\n b\r\nc\u2028d\n", "items": {"items": 1, "get": 2},
}

EXPRESSIONS = """
1 + 2 * 3 | 7 // 2 | -7 // 2 | 7 // -2 | -7 % 3 | 7 % -3 | 7.5 // 2 | -7.5 // 2 | -7.5 % 2 | 7 / 2 | 6 / 3
2 ** 10 | 2 ** -1 | 2 ** 3 ** 2 | -2 ** 2 | 2 ** 0.5 | 0 ** 0 | 1 - -1 | +true | -true | true + true | 1.0 + 1
1 / 0 | 1 // 0 | 1 % 0 | 0 ** -1 | 1.5 // 0 | 'a' + 1 | 1 + 'a' | 'a' * 3 | 3 * 'ab' | 'a' * -1 | [1] * 2 | 2 * [1, 'x']
[1] + [2] | (1,) + (2,) | [1] + (2,) | 'a' - 'b' | {} + {} | -'a' | +'a' | none + 1 | undefined + 1 | -undefined
1 ~ 'a' ~ none ~ true ~ 1.0 ~ [1] | undefined ~ 'x' | 1 + 2 ~ 3 | 'a' ~ 1 + 2 | 'a' ~ 2 * 3
1e16 | 1e15 | 1e-5 | 1e-4 | 123456789.123456789 | 0.1 + 0.2 | 1e22 | 1e21 + 1 | 5e-324 | 1.0 | 100.0 | -0.0 | 1_000 | 0x1F | 0b101 | 0o17 | 1_0.5_0 | 1e1_0
1 < 2 | 1 < 2 < 3 | 1 < 3 < 2 | 3 > 2 >= 2 | 1 == 1.0 | true == 1 | 'a' < 'b' | 'Z' < 'a' | [1, 2] < [1, 3] | (1, 2) < (1, 2, 0) | 1 < 'a' | none < 1
[1] == (1,) | [1, [2]] == [1, [2]] | {'a': 1, 'b': 2} == {'b': 2, 'a': 1} | none == false | undefined == undefined | undefined == none | undefined < 1 | 'é' < 'z' | 1 != 1.0
1 in [1, 2] | 1 in [true] | 'a' in 'cat' | 'x' not in 'cat' | 1 in 'cat' | 'a' in {'a': 1} | 1 in d | [1] in d | none in l | 'e' in undefined | 1 in 5 | 3 in range(5) | undefined in 'a'
1 == 1 in [1] | 1 in [1] in [[1]] | not 1 in [2] | not not 1 | not '' | not [] | not undefined | 1 and 0 | 0 or 'x' | '' or [] | 1 and 'a' or 'b' | undefined and 1 | 2 and undefined
'yes' if t else 'no' | 'yes' if z | ('yes' if z) is defined | 1 if 0 else 2 if 0 else 3 | (1 if 1) + 1 | 'a' if undefined else 'b'
s | q | u | w | l | d | dd | mixed | none | true | f | g | html | ll | () | (1,) | (1, 2) | [] | {} | {'a': 1, 2: 'b', none: true, 1.5: [], (1, 2): 3} | 'single' 'joined' "up"
'\\n\\t\\\\\\'\\"' | "\\x41\\u00e9\\U0001F30D\\101" | 'a\\
b' | '\\q\\é' | ["\\x00\\x7f\\xa0\\u200b\\u00ad\\ue000"] | ['"'] | ["'"] | ['\\'"'] | {1: 'x', true: 'y', 1.0: 'z'}
s[0] | s[-1] | s[99] | s['x'] | s[1.0] | s[true] | u[4] | q[-1] | l[0] | l[-1] | l[3] | l['a'] | l[none] | l[true] | d['b'] | d['zz'] | d.b | d.a[2] | d['a'][0] | d[1] | d[[1]] | d[none] | none.x | none['x'] | 5 .x | (5).y | f.z | t.x
undefined.x | undefined['x'] | undefined[0] | undefined() | d.x.y | d.x['y'] | s.x.y | l.0 | ll.1.1 | dd[0].o.p | dd[1].o.p | z.a.b
s[1:4] | s[:3] | s[3:] | s[:-2] | s[::-1] | s[::2] | s[8:2:-2] | s[-100:100] | s[5:2] | l[1:] | l[::-1] | l[-2:] | (1, 2, 3)[1:] | range(10)[2:8:3] | range(5)[::-1] | u[3:6] | u[::-1] | q[::3]
s[::0] | z[1:] | undefined[1:] | d[1:] | n[1:] | s['a':] | s[1:undefined] | s[none:none] | l[1.0:] | l[true:] | s[1:2, 3] | ll[0][::-1] | l[100:] | l[:0] | s[2:4][::-1] | d.items()[0]
d.items() | d.keys() | d.values() | d.keys()[0] | d.items() \\| list | d.get('b') | d.get('q') | d.get('q', 5) | d.get() | d.get('a')[1] | d.get([1]) | items['items'] | items['items'] | items.get('get') | items['get'] | d.Items | d.copy()
d.pop('a') | d.update({}) | d.clear | d.setdefault('x', 1) | l.append(4) | l.pop() | l.sort is defined | l.index(1) | l.index(9) | l.count(1) | l.copy() | (1, 2).index(2) | (1,).count(1) | 'b' in d.keys() | ('b', 1) in d.items() | d.keys() == d.keys() | d.keys() \\| length | d.values() \\| join(';')
s.upper() | s.lower() | s.title() | s.capitalize() | u.upper() | u.lower() | u.title() | u.capitalize() | 'ΣΑΣ'.lower() | 'ΑΣ, Σ'.lower() | 'aΣ\\'b aΣ\\' '.lower() | 'ŉ ß ﬁ ᾳ'.upper() | 'ß ﬁx ǆ'.title() | "they're bill's".title() | 'éa'.capitalize() | 'ПРИВЕТ мир'.title() | 'ĳ ıİ'.upper()
w.strip() | w.lstrip() | w.rstrip() | s.strip('Hd') | s.lstrip('eH') | s.rstrip('dl') | s.strip('') | s.strip(none) | s.strip(1) | '\\u00a0\\u3000x\\x1f\\u2003'.strip() | 'ééaéé'.strip('é') | s.strip('a', 'b') | s.strip(undefined)
s.split() | s.split('o') | s.split('o', 1) | s.split(none, 1) | w.split() | e.split() | e.split(',') | s.split('') | s.split(maxsplit=1, sep='l') | 'a,,b,'.split(',') | ' a  b  c '.split(none, 1) | 'a b c'.rsplit(none, 1) | 'a,b,c'.rsplit(',', 1) | s.rsplit() | ' a  b '.rsplit(none, 1) | s.split(1) | s.split(bad=1) | 'a-b-c'.split('-')[-1] | 'a\\u2003b'.split()
lines.splitlines() | lines.splitlines(true) | s.splitlines() | ''.splitlines() | '\\n\\n'.splitlines()
s.startswith('He') | s.endswith('ld') | s.startswith('') | s.startswith(('x', 'H')) | s.startswith('W', 6) | s.endswith('o', 0, 5) | s.startswith(1) | s.startswith('', 100) | s.startswith() | s.endswith(['d'])
s.replace('o', '0') | s.replace('o', '0', 1) | s.replace('', '-') | s.replace('', '-', 3) | s.replace('l', '') | s.replace('o') | s.replace(1, 'a') | e.replace('', 'x') | 'aaa'.replace('aa', 'b') | 'é'.replace('', '.')
s.find('o') | s.find('zz') | s.rfind('o') | s.index('W') | s.index('zz') | s.rindex('l') | s.find('o', 5) | s.find('o', -4) | u.find('Α') | s.find('', 100) | s.count('l') | s.count('') | s.count('o', 5) | u.find('') | s.find('o', 0, 3)
', '.join(names) | '-'.join('abc') | ''.join([]) | ','.join([1]) | ','.join(d) | s.removeprefix('Hello') | s.removesuffix('ld') | s.removeprefix('x') | '123'.isdigit() | ''.isdigit() | '12a'.isdigit() | 'ab1'.isalnum() | ' \\t'.isspace() | ''.isspace() | s.islower() | 'abc1'.islower() | 'ABC'.isupper() | '1'.isupper() | u.isupper()
"""

PIPES = """
s|upper; s|lower; s|title; 'foo-bar (baz) [q{x<y _z'|title; "it's"|title; s|capitalize; u|title; 5|upper; none|upper; undefined|upper; l|upper; true|lower; 'éTÉ ß'|title
w|trim; 'xxaxx'|trim('x'); 5|trim; undefined|trim; none|trim; w|trim(chars=none); w|trim(1); w|trim|length; l|trim('[')
s|length; u|length; q|length; l|length; d|length; undefined|length; 5|length; none|length; l|count; dd|count; l|map('string')|length; range(4)|length; d.items()|length; s|length(1)
undefined|default('x'); e|default('x'); e|default('x', true); none|d('x'); none|d('x', boolean=true); 0|d(5, true); undefined|d; undefined|default(default_value='q'); d.zz|d('y'); d.zz.y|d('x'); 1|default(1, 2, 3); l|default(bad=1)
l|join; l|join(', '); l|join('-', attribute='x'); dd|join(',', attribute='k'); dd|join(',', 'o.p'); s|join('.'); d|join(','); undefined|join(','); none|join(','); 5|join; mixed|join('/'); names|join(1); [none, undefined, 1.0]|join(',')
l|first; l|last; s|first; s|last; []|first; []|last; d|first; d|last; undefined|first; undefined|last; 5|first; (l|map('string'))|first; (l|map('string'))|last; []|first|default('none'); range(3)|last; d.items()|last; (1,2)|last
s|list; l|list; d|list; d.items()|list; undefined|list; none|list; 5|list; range(3)|list; (1,2)|list; l|reverse|list; s|reverse; u|reverse; l|reverse|first; d|reverse|list; range(3)|reverse|list; (l|map('string'))|reverse; 5|reverse; undefined|reverse|list; (1,2)|reverse|list
s|replace('o','0'); s|replace('o','0',1); 112|replace(1,'x'); s|replace('o'); none|replace('N','n'); s|replace('l', undefined); s|replace(old='o', new='a'); s|replace('o','0',none); l|replace(',', ';'); s|replace('','.', 2)
l|map('string')|list; names|map('upper')|join; dd|map(attribute='k')|list; dd|map(attribute='o.p')|list; dd|map(attribute='o', default='-')|list; ll|map(attribute=1)|list; ll|map(attribute='0')|list; dd|map(attribute='zz')|list; names|map('replace', 'b', 'x')|list; [[1,2],[3]]|map('join', '+')|list; l|map|list; l|map(5)|list; l|map(attribute='a', bad=1)|list; none|map('upper')|list; 5|map('upper')|list; l|map('upper', 1)|list; s|map('upper')|join('_'); (l|map('string')) is iterable; undefined|map('upper')|list; ['a', undefined]|map('default', 'x')|list; dd|map(attribute='o', default={})|map(attribute='p', default='?')|list
l|select|list; mixed|select|list; l|select('odd')|list; l|select('gt', 1)|list; l|reject('odd')|list; mixed|select('string')|list; mixed|reject('none')|list; l|select('divisibleby', 2)|list; l|select('in', [1,2])|list; mixed|select('number')|list; l|select(1)|list; l|select('gt')|list; names|select('equalto', 'b')|list; mixed|select('defined')|list; l|select('==', 2)|list
dd|selectattr('k', 'equalto', 'x')|list; dd|selectattr('o')|list; dd|selectattr('o', 'defined')|map(attribute='v')|list; dd|rejectattr('k', '==', 'x')|list; dd|selectattr('v', 'gt', 1)|map(attribute='v')|list; dd|selectattr|list; dd|selectattr('o.p', 'defined')|list|length; dd|selectattr('zz', 'undefined')|list|length; dd|selectattr('k','eq','x')|first; dd|rejectattr('o')|list; ll|selectattr(0, 'odd')|list; dd|selectattr('v', 'odd')|map(attribute='k')|join(','); none|selectattr('x')|list; (dd|selectattr('k', 'eq', 'q'))|list|length
d|items|list; undefined|items|list; l|items|list; (l|items) is defined; d|dictsort; d|dictsort(reverse=true); d|dictsort(true); {'b':2,'a':3,'C':1}|dictsort; {'b':2,'a':3,'C':1}|dictsort(true); {'b':2,'a':3,'C':1}|dictsort(false,'value'); {'b':2,'a':3}|dictsort(by='value', reverse=true); d|dictsort(by='zz'); l|dictsort; {1:2,'a':1}|dictsort; d|dictsort(false, 'value'); undefined|dictsort
names|sort; names|sort(case_sensitive=true); names|sort(true); l|sort; l|sort(reverse=true); dd|sort(attribute='v')|map(attribute='v')|list; dd|sort(attribute='k,v')|map(attribute='v')|list; mixed|sort; s|sort; undefined|sort; ll|sort(attribute=1); [[2,1],[1,9]]|sort; [true, false, 2]|sort; names|unique|list; names|unique(true)|list; dd|unique(attribute='k')|map(attribute='v')|list; [1,1.0,true,'1']|unique|list; [[1],[1]]|unique|list; 'Mississippi'|unique|join
l|sum; l|min; l|max; dd|sum('v'); dd|sum(attribute='v', start=10); []|sum; []|min; names|max; names|min; dd|max(attribute='v'); mixed|sum; ['a']|sum; [[1],[2]]|sum(start=[]); names|max(true); undefined|sum
3.7|int; '3.7'|int; 'x'|int; 'x'|int(5); ' 42 '|int; '0x1f'|int(0,16); '0b11'|int(base=2); 'z'|int(base=36); none|int; none|int('d'); l|int; true|int; -3.7|int; '1e3'|int; '1_000'|int; '_1'|int; ''|int; '12abc'|int(-1); undefined|int; 'inf'|int(9); '0o17'|int(0, 8); '017'|int(0,0); '0x1f'|int(0,0); '+5'|int; '--5'|int; 'nan'|int; '1__0'|int
'3.7'|float; 'x'|float; 'x'|float(1.5); 3|float; none|float; ' 1e3 '|float; 'inf'|float; '-inf'|float; 'nan'|float; '1_0.5'|float; '0x10'|float; true|float; undefined|float; '.5'|float; '5.'|float; 'infinity'|float; '1e400'|float; l|float(0)
3.567|round; 3.567|round(2); 2.5|round; 3.5|round; -2.5|round; 2.675|round(2); 3|round; 3|round(2); true|round; 3.2|round(0,'ceil'); 3.7|round(method='floor'); -3.2|round(1,'floor'); 3|round(0,'ceil'); 3.14159|round(3,'ceil'); 3.2|round(0,'bad'); 'x'|round; 3.0|round|int; 1e20|round; none|round; 0.5|round; -0.4|round; -0.4|round(0,'ceil')
-5|abs; -5.5|abs; true|abs; 'x'|abs; m|abs; none|abs; undefined|abs; -0.0|abs
l|tojson; d|tojson; s|tojson; q|tojson; none|tojson; true|tojson; f|tojson; g|tojson; undefined|tojson; html|tojson; mixed|tojson; d|tojson(indent=2); d|tojson(indent=0); []|tojson(indent=2); {}|tojson(indent=2); {'a':[],'b':{},'c':[1,{'d':2}]}|tojson(indent=4); d|tojson(indent='--'); u|tojson(ensure_ascii=true); q|tojson(true); '\\x7f\\x00\\x1f'|tojson; d|tojson(separators=(',',':')); d|tojson(separators=[';','=']); d|tojson(sort_keys=true); {'b':1,'a':{'d':1,'c':2}}|tojson(sort_keys=true, indent=1); {1:2,none:3,true:4,1.5:5}|tojson; {(1,2):3}|tojson; (1,2)|tojson; range(3)|tojson; d.items()|tojson; d.keys()|list|tojson; [1e16,1.0,0.1,-0.0]|tojson; ('inf'|float)|tojson; ('nan'|float)|tojson; d|tojson(indent=none); dd|tojson(indent=-1); l|tojson(2); l|tojson(bad=1); d|tojson(indent=2, separators=(',', ': ')); namespace()|tojson; {1:1,'a':2}|tojson(sort_keys=true)
'a\\nb\\n\\nc'|indent; 'a\\nb'|indent(2); 'a\\nb'|indent(2, true); 'a\\n\\nb'|indent(2, false, true); 'a\\nb'|indent('> '); 'a\\nb'|indent(width=1, first=true); e|indent; 'a\\n'|indent(1); 'a\\n\\n'|indent(1, true, true); 5|indent; undefined|indent; lines|indent(1); 'a\\nb'|indent(-1); 'a\\nb'|indent(1.0)
html|e; html|escape; html|safe; html|safe + '<'; '<' + (html|safe); (html|safe) ~ '<'; html|e|e; html|escape|safe; (html|safe)|upper + '&'; [html|safe]; 5|e; (html|safe)|length; none|safe; (html|safe)|trim + '<'; ('<'|safe) * 2 + '<'; ('<b>'|safe)[0] + '<'; html|safe|replace('<', '&lt;') + '<'; ('a'|safe) == 'a'; (html|safe)|string + '<'; html|safe|tojson; html|safe|title + '<'; '<'|e|lower + '>'; ('<'|safe)|list + ['<']; undefined|safe; l|safe + '<'; (html|safe).upper() + '<'; (html|safe).strip() + '<'
5|string + 'x'; none|string; l|string; undefined|string; 1.0|string; d|string|length; s|string is string; true|string|lower
s|nosuch; s|upper(1); s|lower|upper|title; s is defined|string; -5|abs|string; 1 + 2|string; (1 + 2)|string; s|upper ~ s|lower; not s|length; l|first|string + 'x'; -m|abs
"""

IS = """
s is defined; x is defined; x is undefined; x is not defined; d.q is defined; d['b'] is defined; none is defined; z is none; z is not none; s is none; x is none
s is string; 1 is string; s|safe is string; 1 is number; 1.0 is number; true is number; 's' is number; 1 is integer; true is integer; 1.0 is integer; 1.0 is float; 1 is float; true is boolean; 1 is boolean; true is true; 1 is true; false is false; 0 is false
d is mapping; l is mapping; l is sequence; s is sequence; d is sequence; 5 is sequence; x is sequence; none is sequence; range(3) is sequence; d.keys() is sequence; (1,) is sequence; l is iterable; s is iterable; d is iterable; 5 is iterable; x is iterable; none is iterable; (l|map('upper')) is iterable; (l|map('upper')) is sequence; namespace() is mapping; namespace() is iterable
2 is even; 3 is odd; 2 is odd; 'a' is odd; 2.0 is even; 3.5 is odd; x is odd; none is even; 6 is divisibleby 3; 6 is divisibleby(4); 6 is divisibleby 0; 5 is divisibleby; true is odd; -3 is odd
1 is eq 1; 1 is equalto 1.0; s is equalto 'x'; 1 is ne 2; 1 is == 1; 2 is gt 1; 2 is greaterthan(1); 2 is ge 2; 1 is lt 2; 1 is lessthan 1; 1 is le 1; 'a' is lt 1; x is eq x; 1 is in [1]; 1 is in(l); 'a' is in 'cat'; 1 is not in [2]; 1 is in 5; 2 is gt; 2 is gt(1, 2)
s is upper; 'ABC' is upper; 'abc' is lower; 1 is lower; 'trim' is filter; 'nosuch' is filter; 'odd' is test; 'nosuch' is test; s.upper is callable; s is callable; range is callable; x is callable
s is defined and s is string; s is defined or x; not s is defined; not x is defined; s is not string or t; x is defined and x.y is defined; 1 is number is true; s is string in [true]; (s is string) == true; l[0] is number; l|length is gt 2; l|length is eq(3) and t; 3 is odd if t else 'no'; s is nosuch; -3 is odd; 1 + 2 is odd; 'a' if s is string else 'b'
"""

STATEMENTS = [
    "{% for i in l %}{{ i }},{% endfor %}", "{% for i in [] %}x{% else %}none{% endfor %}",
    "{% for i in l %}{{ loop.index }}{{ loop.index0 }}{{ loop.first }}{{ loop.last }}{{ loop.length }}{{ loop.revindex }}{{ loop.revindex0 }};{% endfor %}",
    "{% for i in l %}{{ loop.previtem }}<{{ i }}>{{ loop.nextitem }};{% endfor %}",
    "{% for i in l %}{{ loop.previtem is defined }}{{ loop.nextitem is defined }}{% endfor %}",
    "{% for i in range(5) %}{{ loop.cycle('a', 'b') }}{% endfor %}", "{% for i in l %}{{ loop.cycle() }}{% endfor %}",
    "{% for i in [1,1,2,2,1] %}{{ loop.changed(i) }}{% endfor %}", "{% for i in l %}{{ loop.depth }}{{ loop.depth0 }}{{ loop.nosuch }}{% endfor %}",
    "{% for i in l if i > 1 %}{{ i }}{{ loop.index }}{{ loop.length }}{{ loop.last }};{% endfor %}",
    "{% for i in l if i > 5 %}x{% else %}none{% endfor %}", "{% for a, b in ll %}{{ a }}{{ b }};{% endfor %}",
    "{% for a, b in ll if b == 'a' %}{{ a }}{{ loop.previtem }}{% endfor %}", "{% for a, b in ll if a %}{{ loop.previtem }}{{ loop.nextitem }};{% endfor %}",
    "{% for (a, b), c in [((1, 2), 3)] %}{{ a }}{{ b }}{{ c }}{% endfor %}", "{% for a, b in [[1]] %}{% endfor %}", "{% for a, b in [1] %}{% endfor %}",
    "{% for a, b in ['xy', 'zw'] %}{{ b }}{{ a }}{% endfor %}", "{% for k, v in d.items() %}{{ k }}={{ v }};{% endfor %}", "{% for k in d %}{{ k }};{% endfor %}",
    "{% for c in 'añb' %}{{ c }}.{% endfor %}", "{% for i in 5 %}{% endfor %}", "{% for i in none %}{% endfor %}", "{% for i in undefined %}x{% else %}e{% endfor %}",
    "{% for i in d.a.b.c %}{% endfor %}", "{% for i in l|map('string') %}{{ i }}{{ loop.last }}{{ loop.length }}{% endfor %}",
    "{% for i in l|map('string') %}{{ loop.length }}{{ loop.revindex }}{% endfor %}", "{% for i in 1, 2 %}{{ i }}{% endfor %}", "{% for i in (1, 2), %}{{ i }}{% endfor %}",
    "{% for i in l %}{% if i == 1 %}{% continue %}{% endif %}{{ i }}{% endfor %}", "{% for i in l %}{% if i == 1 %}{% break %}{% endif %}{{ i }}{% endfor %}",
    "{% for i in l %}{% continue %}{% else %}all skipped{% endfor %}", "{% for i in l %}{% break %}{% else %}broken{% endfor %}", "{% for i in l %}{% if loop.last %}{% break %}{% endif %}{% else %}x{% endfor %}",
    "{% for i in [1,2] %}{% for j in [1,2] %}{% if j == 2 %}{% break %}{% endif %}{{ i }}{{ j }}{{ loop.index }} {% endfor %}{{ loop.index }};{% endfor %}",
    "{% for i in l %}{% set x = i %}{% endfor %}{{ x }}", "{% set x = 0 %}{% for i in l %}{{ x }}{% set x = i %}{{ x }};{% endfor %}{{ x }}",
    "{% set ns = namespace(x=0) %}{% for i in l %}{% set ns.x = ns.x + i %}{% endfor %}{{ ns.x }}", "{% set ns = namespace(x=1, y='a') %}{{ ns }}{{ ns.x }}{{ ns['y'] }}{{ ns.z }}{{ ns.z is defined }}",
    "{% set ns = namespace({'a': 1}, b=2) %}{{ ns.a }}{{ ns.b }}", "{% set ns = namespace(_x=1) %}", "{% set ns = namespace() %}{% set ns._x = 1 %}", "{% set d.x = 1 %}", "{% set nn.x = 1 %}",
    "{% set ns = namespace() %}{% set ns.a, ns.b = 1, 2 %}{{ ns.a }}{{ ns.b }}", "{% set a, b = [1, 2] %}{{ a }}{{ b }}", "{% set a, b = 1 %}", "{% set a, b = [1] %}", "{% set a, (b, c) = 1, (2, 3) %}{{ a }}{{ b }}{{ c }}",
    "{% set a = 1, 2 %}{{ a }}", "{% set a = 1, %}{{ a }}", "{% set a %}x{{ s }}y{% endset %}{{ a }}", "{% set a | upper %}x{{ s }}{% endset %}{{ a }}", "{% set a | length %}abc{% endset %}{{ a + 1 }}",
    "{% set a | replace('b', 'c') | upper %}abc{% endset %}{{ a }}", "{% set a %}{% set b = 1 %}{{ b }}{% endset %}{{ a }}{{ b }}", "{% set ns = namespace() %}{% set ns.q %}block{% endset %}{{ ns.q }}",
    "{% for i in l %}{% set a %}{{ i }}{% if i == 1 %}{% break %}{% endif %}{% endset %}{{ a }}{% endfor %}",
    "{% if s %}a{% elif t %}b{% else %}c{% endif %}", "{% if not s %}a{% elif t %}b{% else %}c{% endif %}", "{% if undefined %}a{% else %}c{% endif %}", "{% if s, %}tuple{% endif %}", "{% if false %}{% set x = 1 %}{% endif %}{{ x }}{% if true %}{% set x = 2 %}{% endif %}{{ x }}",
    "{% if s: %}colon{% endif %}", "{% for i in l: %}{{ i }}{% endfor %}", "{% if 1 %}{% if 0 %}{% else %}x{% endif %}{% endif %}",
    "{% macro m(a, b=2) %}{{ a }}-{{ b }}{% endmacro %}{{ m(1) }} {{ m(1, 3) }} {{ m(b=5, a=4) }} {{ m() }}", "{% macro m(a, b=a) %}{{ a }}{{ b }}{% endmacro %}{{ m(1) }}", "{% macro m() %}{{ x }}{% endmacro %}{% set x = 5 %}{{ m() }}",
    "{% macro m(a) %}{{ a }}{% endmacro %}{{ m(1, 2) }}", "{% macro m(a) %}{{ a }}{% endmacro %}{{ m(q=2) }}", "{% macro m(a) %}{{ a }}{% endmacro %}{{ m(1, a=2) }}", "{% macro m(a) %}{{ varargs }}{{ kwargs }}{% endmacro %}{{ m(1, 2, 3, k=4) }}",
    "{% macro m(n) %}{{ n }}{% if n > 0 %}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(3) }}", "{% macro m() %}{% set x = 1 %}{{ x }}{% endmacro %}{{ m() }}{{ x }}", "{% macro m() %}  a  {% endmacro %}[{{ m() }}][{{ m()|trim }}]{{ m() is string }}",
    "{% for i in l %}{% macro m() %}{{ i }}{{ loop.index }}{% endmacro %}{{ m() }}{% endfor %}", "{% macro a() %}A{{ b() }}{% endmacro %}{% macro b() %}B{% endmacro %}{{ a() }}", "{{ m() }}{% macro m() %}{% endmacro %}", "{% macro m(a=[]) %}{{ a }}{% endmacro %}{{ m() }}{{ m([1]) }}",
    "{% macro m(a, b) %}{{ a is defined }}{{ b is defined }}{{ b }}{% endmacro %}{{ m(1) }}", "{% macro m(a, b) %}{{ b.c }}{% endmacro %}{{ m(1) }}", "{% macro m(x) %}{{ x|upper }}{% endmacro %}{% filter trim %} {{ m('q') }} {% endfilter %}",
    "{% macro m(q=q) %}{{ q }}{% endmacro %}{{ m() }}", "{% macro m(a=b, b=1) %}{{ a }}{{ b }}{% endmacro %}{{ m() }}{{ m(b=2) }}", "{{ lines.splitlines('x') }}", "{{ 'a'|int({}, 'b') }}", "{{ s|upper.x }}", "{{ s is odd.x }}",
    "{% filter upper %}a{{ s }}{% endfilter %}", "{% filter replace('a', 'b') | upper %}aaa{% endfilter %}", "{% filter indent(2) %}a\nb{% endfilter %}", "{% with a = 1, b = 2 %}{{ a }}{{ b }}{% endwith %}{{ a }}", "{% with a = 1 %}{% with b = a %}{{ b }}{% endwith %}{% endwith %}", "{% set a = 1 %}{% with a = 2, b = a %}{{ a }}{{ b }}{% endwith %}", "{% with %}x{% endwith %}",
    "{% generation %}x{{ s }}{% endgeneration %}", "{% generation %}{% set x = 1 %}{{ x }}{% endgeneration %}{{ x }}", "{% for i in l %}{% generation %}{{ i }}{{ loop.index }}{% endgeneration %}{% endfor %}", "{% for i in l %}{% generation %}{% break %}{% endgeneration %}{% endfor %}", "a\n  {% generation %}\n  b\n  {% endgeneration %}\nc",
    "{% raw %}{{ x }}{% if %}{% endraw %}", "a\n  {% raw %}\n  b\n  {% endraw %}\n  c", "{%- raw -%}  x  {%- endraw -%}  y", " {%+ raw %} x {%+ endraw +%} \ny", "{% raw %}a\n {%- endraw %}b", "{% raw %}", "{#- c -#}  x", "a  {#- c -#}  b", "a\n  {# c #}\n  b", "a\n  {# c +#}\n  b", "a {# c", "{#{{#}x", "{# a -#}\n\n x", "{#+ c #} x",
    "a\n  {% if 1 %}\n  b\n  {% endif %}\n  c\n", "a\n  {%- if 1 %}\n  b\n  {%- endif %}\n  c", "a\n  {% if 1 -%}\n  b\n  {% endif -%}\n  c", "a\n  {%+ if 1 %}\n  b\n  {%+ endif +%}\n  c", "a\n  {%+ if 1 -%}\n b\n{% endif %} c", "  {{ s }}  \n  {{- s -}}  \n x", "  x {% if 1 %} y {% endif %} z ", "\n\n{% if 1 %}\n\n{% endif %}\n\n",
    "{{ s }}\n", "{{ s }}\n\n", "a\r\nb\rc\n\n", "\n", "", "  ", "\t{% if 1 %}\t\n\tx\n\t{% endif %}\t\ny", "\u00a0{% if 1 %}x{% endif %}", "\u00a0 {%- if 1 -%} \u2003x{% endif %}", "a {{- 1 -}} b", "a {{+ 1 }} b", "{{-1}}", "{{ -1 -}} x", "{{+1}}", "{% if 1 %}\r\nx{% endif %}\r\ny",
    "x\n{% if 1 %}{% if 1 %}\n  y\n  {% endif %}{% endif %}\nz", "{% if 1 %}\n{% endif %}  {% if 1 %}a{% endif %}", "{% set x = 1 %}\n  {% set y = 2 %}\n{{ x }}", "x {% set x = 1 %}\n  {{ x }}", "{# a #}\n  {# b #}\n c", "{{ 1 }}\n  {% if 1 %}a{% endif %}", "{% if 1 %}  \n  {% endif %}", "{# a #}  {% if 1 %}b{% endif %}",
    "{{ 'a' }}{{ \"b}}\" }}{{ '%}' }}{% if '%}' %}{{ {'a': {'b': 1}}.a.b }}{% endif %}", "{{ {'a': {'b': {}}}}}", "{{ [1, 2,] }}{{ {'a': 1,} }}{{ range(1,) }}", "{{ 'a\nb' }}\n{{ 1 }}", "}} %} #} { {", "{{ '{{' }}{{ '{%' }}", "{ { x } }", "{{ s.upper\n  () }}",
    "{{ raise_exception('boom: ' ~ n) }}", "{% if n == 7 %}{{ raise_exception('Seven!\nis \"odd\" é') }}{% endif %}", "{{ raise_exception() }}", "{{ raise_exception(5) }}", "{{ raise_exception(message='named') }}", "{{ raise_exception('a', 'b') }}", "{{ strftime_now('%Y-%m-%d') }}", "{{ strftime_now('%d %b %Y %H:%M:%S %A %j %% %f [%z%Z]') }}", "{{ strftime_now('') }}{{ strftime_now('é %y') }}", "{{ strftime_now() }}", "{{ strftime_now(5) }}", "{{ strftime_now is defined }}{{ raise_exception is defined }}{{ range is defined }}",
    "{{ range(3) }}{{ range(1, 3) }}{{ range(1, 10, 3)|list }}{{ range(3, 0, -1)|list }}{{ range(0)|list }}", "{{ range() }}", "{{ range('a') }}", "{{ range(1.0) }}", "{{ range(1, 2, 0) }}", "{{ range(100001) }}", "{{ range(3)[1] }}{{ range(3)[-1] }}{{ range(3)[5] }}{{ range(1, 10, 2).start }}", "{{ range(3) in d }}{{ {range(3): 1}[range(0, 3)] }}{{ {range(0): 1}[range(5, 5)] }}", "{{ range(10, 0, -3) }}{{ range(3) == range(0, 3) }}",
    "{{ dict(a=1, b='x') }}{{ dict() }}{{ dict({'a': 1}, b=2) }}{{ dict([('a', 1), ['b', 2]]) }}", "{{ dict(5) }}", "{{ dict([1]) }}", "{{ dict({}, {}) }}", "{{ namespace() }}{{ namespace({'a': [1]}) }}", "{{ {[1]: 2} }}", "{{ {'a': 1}['a'] }}{{ {1: 'x'}[1] }}{{ {1: 'x'}[true] }}{{ {(1, 2): 'x'}[1, 2] }}",
    "{% if %}{% endif %}", "{% for %}{% endfor %}", "{% for i in %}{% endfor %}", "{% for i l %}{% endfor %}", "{% if s %}", "{% endif %}", "{% else %}", "{% for i in l %}{% endif %}", "{{ }}", "{{ 1", "{% if 1", "{{ 1 2 }}", "{{ (1 }}", "{{ [1, }}", "{{ {1} }}", "{{ ) }}", "{{ a. }}", "{{ a.'b' }}", "{{ a[] }}", "{{ 'x }}", "{{ a ! b }}", "{{ a $ }}", "{{ 1 + }}", "{{ + }}", "{{ a | }}", "{{ a is }}", "{{ not }}", "{{ f(a=1, 2) }}", "{{ f(1 2) }}", "{{ s|upper( }}",
    "{% set %}", "{% set x %}", "{% set 1 = 2 %}", "{% set x.y.z = 1 %}", "{% set x[0] = 1 %}", "{% set true = 1 %}", "{% set x = %}", "{% set x == 1 %}", "{% macro %}{% endmacro %}", "{% macro m %}{% endmacro %}", "{% macro m(a=1, b) %}{% endmacro %}", "{% macro m(1) %}{% endmacro %}", "{% nosuch %}", "{% 5 %}", "{% %}", "{% break %}", "{% continue %}", "{% for i in l %}{% endfor %}{% break %}", "{% for loop in l %}{% endfor %}", "{% for i in l %}{% set loop = 1 %}{% endfor %}", "{% macro m() %}{% break %}{% endmacro %}", "{% for i in l %}{% else %}{% break %}{% endfor %}", "{% filter %}{% endfilter %}", "{% filter nosuch %}{% endfilter %}", "{{ 1 if }}", "{{ 1 if 1 else }}", "{{ a is b is c }}", "{% for i in l recursiv %}{% endfor %}", "{% endfor %}", "{% if 1 %}{% else %}{% else %}{% endif %}",
    "{% set x = messages[0].content %}{{ x }}{{ messages|length }}{{ messages[-1]['role'] }}{{ messages[1:]|map(attribute='role')|join(',') }}", "{{ messages }}", "{{ messages[0] }}{{ tools }}{{ documents }}{{ add_generation_prompt }}", "{{ messages|selectattr('role', 'equalto', 'user')|list }}", "{{ tools is defined }}{{ tools is none }}{{ bos_token is defined }}",
    "{% set x = l|map('string') %}{{ x|list }}{{ x|list }}", "{% set x = l|select('odd') %}{{ x|first }}{{ x|first }}{{ x|list }}", "{% set x = l|map('nosuch'|upper) %}ok", "{% set x = [1]|map('upper', 5) %}lazy", "{% set x = l|items %}lazy", "{% set r = l|reverse %}{{ r|list }}{{ r|list }}", "{% if l|map('string') %}true{% endif %}", "{{ (l|map('string'))[0] }}{{ 3 in l|map('int') }}", "{% set it = l|map('int') %}{{ 1 in it }}{{ it|list }}",
    "{{ 'a' if true else raise_exception('no') }}", "{{ true or raise_exception('no') }}{{ false and raise_exception('no') }}", "{{ [1, 2, 3][1:] == [2, 3] }}{{ 'abc'[1:] == 'bc' }}", "{{ x is defined and x.y }}", "{{ loop }}{{ loop is defined }}", "{% set loop = 5 %}{{ loop }}", "{{ s if s|length > 3 else 'short' }}{{ loop.index is defined if loop is defined }}", "{{ 1 if 2 > 1 > 0 }}{{ (2 > 1) > 0 }}", "{% set a = b = 1 %}", "{{ ns }}{{ ns.x }}", "{{ l.x }}{{ l.x.y }}",
    "{% for m in messages %}{% if m.role == 'user' %}{% set first = m.content %}{% endif %}{% endfor %}{{ first is defined }}", "{% for i in range(3) %}{% for j in range(i) %}{{ loop.index }}{{ j }}{% else %}-{% endfor %}{% endfor %}", "{% for i in l %}{{ i }}{{ ', ' if not loop.last }}{% endfor %}", "{% for i in l|sort %}{{ i }}{% endfor %}{% for i in l[::-1] %}{{ i }}{% endfor %}", "{% for a in dd|selectattr('k', 'eq', 'x') %}{{ a.v }}{{ loop.last }}{% endfor %}", "{% for i in l %}{{ loop }}{% endfor %}", "{% for i in l %}{{ loop|length }}{% endfor %}", "{% for x in [[1, 2], [3]] %}{% for y in x %}{{ y }}{{ loop.length }}{% endfor %}|{% endfor %}",
    "{{ 9223372036854775807 }}{{ -9223372036854775807 - 1 }}{{ 9223372036854775807 == 9223372036854775807.0 }}", "{{ 1.5e300 * 1e10 }}{{ 10 ** 15 }}{{ 10.0 ** 15 }}{{ 2 ** 62 }}{{ 10.0 ** 400 }}", "{{ (0.1 + 0.2) == 0.3 }}{{ 1e308 * 10 }}{{ -1e308 * 10 }}{{ (1e308 * 10) - (1e308 * 10) }}", "{{ 5 % 3.0 }}{{ -5 % 3.0 }}{{ 5 // 3.0 }}{{ 0.0 // 1 }}{{ -0.0 % 5 }}{{ 1e300 // 1e-300 }}",
]


def expressions():
    for line in EXPRESSIONS.strip("\n").replace("\\\nb", "\\\x00b").split("\n"):
        for part in line.replace("\\|", "\x01").split(" | "):
            part = part.replace("\x01", "|").replace("\x00", "\n")
            yield part.replace("\\\\", "\\") if "\\\\" in part else part


def piped():
    for line in (PIPES + IS).strip().split("\n"):
        for part in line.split("; "):
            yield part.rstrip(";")


SNIPPETS = [*("{{ " + e + " }}" for e in [*expressions(), *piped()] if e), *STATEMENTS]
