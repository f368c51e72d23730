"""Renders chat templates and snippets of Jinja with transformers, for text_test to compare with.

Writes templates.json and snippets.json. The templates are our own, in the idioms of well-known
models, and the ones that checkpoints carry: the folder's own *.jinja.
"""

import argparse
import datetime
import json
import pathlib

import jinja2
import transformers
from transformers.utils import chat_template_utils

import chat_snippets
import chat_templates

NOW = datetime.datetime(2026, 3, 7, 14, 5, 9)


class FixedTime(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return NOW


def render(source, messages, options):
    """{"text": ...}, or {"error": kind}, with "message" when raise_exception was called."""
    options = dict(options)
    try:
        rendered, _ = chat_template_utils.render_jinja_template(
            [messages], chat_template=source, tools=options.pop("tools", None),
            documents=options.pop("documents", None),
            add_generation_prompt=options.pop("add_generation_prompt", False), **options)
        return {"text": rendered[0]}
    except jinja2.exceptions.TemplateError as e:
        kind = "raised" if type(e) is jinja2.exceptions.TemplateError else type(e).__name__
        return {"error": kind, "message": str(e)} if kind == "raised" else {"error": kind}
    except Exception as e:  # whatever Python raises inside a template
        return {"error": type(e).__name__}


def template_cases(name, source):
    for c, messages in enumerate(chat_templates.CONVERSATIONS):
        for o, options in enumerate(chat_templates.options_of(name)):
            yield {"conversation": c, "options": o, **render(source, messages, options)}


def versions():
    return {"transformers": transformers.__version__, "jinja2": jinja2.__version__,
            "now": NOW.isoformat()}


def write(path, key, entries, inputs):
    def dump(value):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    lines = ",\n".join(map(dump, entries))
    head = "".join(f'"{name}":{dump(value)},\n' for name, value in inputs.items())
    path.write_text(f'{{"versions":{dump(versions())},\n{head}"{key}":[\n{lines}\n]}}\n')
    print(f"{path}: {len(entries)} {key}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=pathlib.Path)
    args = parser.parse_args()
    chat_template_utils.datetime = FixedTime
    sources = dict(chat_templates.TEMPLATES)
    for path in sorted(args.folder.glob("*.jinja")):
        sources[path.stem] = path.read_text()
    templates = [{"name": name, "source": source, "options": chat_templates.options_of(name),
                  "cases": list(template_cases(name, source))} for name, source in sources.items()]
    snippets = [{"source": source, **render(source, chat_snippets.MESSAGES, chat_snippets.VARIABLES)}
                for source in chat_snippets.SNIPPETS]
    write(args.folder / "templates.json", "templates", templates,
          {"conversations": chat_templates.CONVERSATIONS})
    write(args.folder / "snippets.json", "snippets", snippets,
          {"messages": chat_snippets.MESSAGES, "variables": chat_snippets.VARIABLES})


if __name__ == "__main__":
    main()
