"""Options of authorisation pages: cases for checks.json, and for page-options.json the JSON for the SDK."""

import json

LENGTH = "a length such as 20px, 1.5rem, 50% or 20"
COLOUR = 'a colour such as "#FFFFFF" or "#FFF", in quotes'


def add_options(check, page):
    """Options of an app, valid and invalid, for page type 3 of PAGES."""
    def options(text):
        return page('{type: "3", options: {' + text + "}}")

    for field, values in [
        ("width", ["20px", "1.5rem", "50%", "33.3%", "0", "20", '"20"', '""']),
        ("left", ["20px", "center", '"center"', '""']),
        ("colour", ['"#FFF"', '"#a0B1c2"', '""']),
        ("image", ["https://example.com/a.png", "http://example.com", '"https://example.com/图.png?a=b#c"', '""']),
        ("align", ["left", "center", '"right"', '""']),
        ("shown", ["true", "false", '"true"', '"false"']),
        ("weight", ["500", '"500"', "1.5", "-2", '""']),
        ("opacity", ["0", "1", "0.0", "1.0", "0.55", '"0.5"', '""']),
        ("title", ["abc", '"123456"', "本机号码登录", '""']),
        ("links", ["[]", "[{name: a, url: https://example.com/}, {name: 《b》, url: https://example.com/b}]"]),
        ("value", ["1", "a", "[1]", "{a: b}", "true"]),
        ("list", ["1", "[1]"]),
        ("inner", ["{}", '{box: {width: 1px, colour: "#000"}}']),
        ("mark", ["{url: https://example.com/}", "{kind: a, url: https://example.com/}"]),
        ("button", ["{}", "{ifShow: false}", "{ifShow: \"false\", high: 1px}",
                    "{ifShow: true, high: center, url: https://example.com/}",
                    '{ifShow: "true", high: "", url: ""}']),
        ("close", ["{ifShow: false}", "{image: https://example.com/}"]),
    ]:
        for value in values:
            check(f"a page option {field} with the value {value}", config=options(f"{field}: {value}"), pages=())
    for field, value, message in [
        ("width", "20 px", LENGTH), ("width", "wide", LENGTH), ("width", "-1px", LENGTH), ("width", "1.px", LENGTH),
        ("width", ".5rem", LENGTH), ("width", "20pt", LENGTH), ("width", "px", LENGTH), ("width", "true", LENGTH),
        ("width", "center", LENGTH), ("width", "[20px]", LENGTH), ("width", "{a: 20px}", LENGTH),
        ("width", "~", [LENGTH, "it is empty"]), ("width", "２０px", LENGTH),
        ("left", "centre", ["center, or " + LENGTH, "did you mean 'center'?"]),
        ("left", "right", "center, or " + LENGTH),
        ("colour", '"FFFFFF"', COLOUR), ("colour", '"#FFFF"', COLOUR), ("colour", '"#GGG"', COLOUR),
        ("colour", "red", COLOUR), ("colour", "333333", COLOUR), ("colour", "~", [COLOUR, "it is empty"]),
        ("image", "logo.png", "an http or https URL"), ("image", "ftp://example.com/", "an http or https URL"),
        ("image", '"javascript:alert(1)"', "an http or https URL"), ("image", "https://", "an http or https URL"),
        ("image", '"https://example.com/a b"', "an http or https URL"), ("image", "1", "an http or https URL"),
        ("align", "centre", ["left, center or right", "did you mean 'center'?"]),
        ("align", "justify", "left, center or right"), ("align", "1", "left, center or right"),
        ("align", "[left]", "left, center or right"),
        ("shown", '"ture"', ["true or false", "did you mean 'true'?"]), ("shown", "yes", "true or false"),
        ("shown", "1", "true or false"), ("shown", '""', "true or false"), ("shown", "True", "true or false"),
        ("weight", "bold", "a number such as 500"), ("weight", "--5", "a number such as 500"),
        ("weight", "5e3", "a number such as 500"), ("weight", "true", "a number such as 500"),
        ("opacity", "1.01", "a number from 0.0 (transparent) to 1.0 (opaque)"),
        ("opacity", "-0.1", "a number from 0.0 (transparent) to 1.0 (opaque)"),
        ("opacity", "50%", "a number from 0.0 (transparent) to 1.0 (opaque)"),
        ("opacity", "01", "a number from 0.0 (transparent) to 1.0 (opaque)"),
        ("opacity", "2", "a number from 0.0 (transparent) to 1.0 (opaque)"),
        ("title", "1234567a", "a text of at most 6 characters"),
        ("title", "本机号码登录页", "a text of at most 6 characters"),
        ("title", "[a]", "a text of at most 6 characters"),
        ("title", "true", ["a text of at most 6 characters", "put the value in quotes"]),
        ("name", "12306", ["a text", "put the value in quotes"]),
        ("name", "1.5", ["a text", "put the value in quotes"]),
        ("name", "{a: b}", "a text"), ("name", "~", ["a text", "it is empty"]),
        ("links", "https://example.com/", "a list"), ("links", "{name: a}", "a list"),
        ("inner", "20px", "a mapping with box"), ("inner", "[]", "a mapping with box"),
    ]:
        parts = message if isinstance(message, list) else [message]
        check(f"a page option {field} with the wrong value {value}",
              [("A", [f"'apps.shop.h5.page.options.{field}' must be ", *parts])],
              config=options(f"{field}: «A»{value}"), pages=())
    check("a text of a page option with two errors",
          [("A", "must be a text of at most 6 characters"), ("A", "put the value in quotes")],
          config=options("title: «A»1234567"), pages=())
    for what, text, message in [
        ("an unknown group", "«A»buton: {}", ["unknown key 'buton' in 'apps.shop.h5.page.options'", "'button'?"]),
        ("an unknown field", "button: {«A»hihg: 1px}",
         ["unknown key 'hihg'", "options.button'", "did you mean 'high'?"]),
        ("an unknown field without a similar one", "inner: {box: {«A»zzzzzz: 1}}",
         ["unknown key 'zzzzzz' in 'apps.shop.h5.page.options.inner.box'", "known: width, colour"]),
        ("an unknown field of a link", "links: [{name: a, url: https://example.com/, «A»href: b}]",
         ["unknown key 'href' in 'apps.shop.h5.page.options.links[0]'", "known: name, url"]),
        ("a value of a nested group", "inner: {box: {width: 1px, colour: «A»red}}",
         ["'apps.shop.h5.page.options.inner.box.colour'", COLOUR]),
        ("a link without its url", "links: [{name: a, url: https://example.com/}, «A»{name: b}]",
         "'apps.shop.h5.page.options.links[1].url' is missing"),
        ("a link with an empty url", 'links: [{name: a, url: «A»""}]', "must be an http or https URL"),
        ("a required field", "mark: «A»{kind: a}", "'apps.shop.h5.page.options.mark.url' is missing"),
        ("a field that is required if another one is true", "button: «A»{ifShow: true, high: 1px}",
         "'apps.shop.h5.page.options.button.url' is missing: it is required if 'ifShow' is true (the target)"),
        ("a field that is required if another one is the text true", 'button: «A»{ifShow: "true", url: ""}',
         "'apps.shop.h5.page.options.button.high' is missing: it is required if 'ifShow' is true"),
        ("a field that is required by default", "close: «A»{}",
         "'apps.shop.h5.page.options.close.image' is missing: it is required if 'ifShow' is true"),
    ]:
        check(f"page options: {what}", [("A", message)], config=options(text), pages=())
    check("page options: all errors are reported, in order", [
        ("A", "must be " + LENGTH), ("B", "unknown key 'colr'"), ("C", "button.high' is missing"),
        ("C", "button.url' is missing"), ("D", "must be true or false; did you mean 'true'?")],
          config=page("""
            type: "3"
            options:
              width: «A»wide
              «B»colr: "#FFF"
              button: «C»{ifShow: true}
              shown: «D»ture"""), pages=())
    check("options that are a list", [("A", "'apps.shop.h5.page.options' must be a mapping")],
          config=page('{type: "3", options: «A»[]}'), pages=())


def add_declarations(check):
    """Invalid declarations in a provider file, in place of the option `width` of PAGES."""
    def declared(text):
        return [("      width: length\n", "      " + text + "\n")]

    for what, text, message in [
        ("an unknown kind", "width: «A»lenght",
         ["'pages.3.options.width' must be a kind (length, colour", "'length'?"]),
        ("an unknown kind beside a word", "width: «A»lenght | center", "'pages.3.options.width' must be a kind"),
        ("a single word", "width: «A»center", "'pages.3.options.width' must be a kind"),
        ("a word that is a kind", "width: «A»center | length", "'pages.3.options.width' must be a kind"),
        ("a word twice", "width: «A»left | left", "'pages.3.options.width' must be a kind"),
        ("an empty word", "width: «A»length |", "'pages.3.options.width' must be a kind"),
        ("a word beside a text", "width: «A»text | center", "'pages.3.options.width' must be a kind"),
        ("a group without its fields", "width: «A»{kind: group}", "'pages.3.options.width.fields' is missing"),
        ("fields of a value", "width: {kind: length, «A»fields: {a: length}}",
         "'pages.3.options.width.fields' requires 'kind: group'"),
        ("a length limit of a number", "width: {kind: number, «A»maxLength: 3}",
         "'pages.3.options.width.maxLength' requires 'kind: text'"),
        ("an unknown key", "width: {kind: length, «A»requird: true}",
         ["unknown key 'requird'", "did you mean 'required'?"]),
        ("a default of another kind", "width: {kind: length, default: «A»wide}",
         "'pages.3.options.width.default' must be a length such as"),
        ("a default of a required field", "width: {kind: length, required: true, default: «A»1px}",
         "'pages.3.options.width' is required; remove 'required' or 'default'"),
        ("a required field with a condition", "width: {kind: length, required: true, requiredIf: «A»shown}",
         "'pages.3.options.width' is required; remove 'required' or 'requiredIf'"),
        ("a condition that does not exist", "width: {kind: length, requiredIf: «A»show}",
         ["'pages.3.options.width.requiredIf': there is no boolean field 'show' in the same group", "'shown'?"]),
        ("a condition that is not a boolean", "width: {kind: length, requiredIf: «A»left}",
         "there is no boolean field 'left'"),
        ("a kind inside a group", "width: {inner: {colour: «A»colur}}",
         ["'pages.3.options.width.inner.colour' must be a kind", "did you mean 'colour'?"]),
    ]:
        check(f"a page option declared with {what}", [("A", message)], pages=declared(text))


def sdk(name, kind, text, json_text):
    return {"name": name, "type": kind, "options": text, "json": json_text}


# Valid for the shipped file of China Mobile's H5 SDK. JSON is also YAML: the first two have the same text twice.
POPUP = json.dumps({
    "layerStyle": {"width": "", "height": "240px", "bgColor": "#236", "borderRadius": "23px"},
    "maskStyle": {"ifShowMask": True, "bgColor": "", "opacity": ""},
    "phoneStyle": {"fontSize": "", "fontColor": "#F829FF", "high": "", "left": "20px"},
    "agreeStyle": {"fontSize": "", "textalign": "", "fontColor": "", "hrefColor": "", "high": "", "left": "",
                   "agreeArr": [{"name": "《协议》", "url": "https://example.com/terms"}]},
    "closeBtnStyle": {"ifShowBtn": True, "btnImage": "", "top": "", "right": "", "width": "", "height": ""},
    "customControlStyle": {
        "ifShow": True, "width": "", "height": "24px", "high": "center", "left": "center", "bgColor": "#fff",
        "border": "0", "borderRadius": "", "url": "https://example.com/sms", "name": "短信登录", "fontSize": "16px",
        "fontColor": "#392211", "textAlign": "center", "textDecoration": ""}}, ensure_ascii=False)
PAGE = json.dumps({
    "bgColor": "#FFFFFF",
    "titleStyle": {"name": "登录", "fontFamily": "PingFangSC-Medium, PingFangSC", "fontSize": "1.33rem",
                   "width": "70%", "fontColor": "#444444", "height": "1.83rem", "left": "center", "high": "1rem",
                   "textAlign": "center"},
    "logoStyle": {"url": "https://example.com/logo.png", "width": "6.96rem", "height": "7.32rem", "high": "7.9rem",
                  "left": "center"},
    "authTextStyle": {"fontFamily": "PingFangSC", "fontSize": "1.08rem", "fontColor": "#444444", "width": "100%",
                      "appNameColor": "#444444", "textAlign": "center", "high": "22.75rem", "left": "center",
                      "fontWeight": "500"},
    "phoneNumStyle": {"fontSize": "2.08rem", "fontColor": "#444444", "bgColor": "#FFFFFF", "fontWeight": "600",
                      "width": "15.42rem", "left": "center", "high": "19.58rem",
                      "inputStyle": {"width": "1.83rem", "height": "2.17rem"}},
    "agreeStyle": {"fontSize": "1rem", "fontColor": "#999999", "high": "30.58rem", "left": "center",
                   "checkedButton": {"width": "1.33rem", "height": "1.33rem", "uncheckColor": "#cccccc",
                                     "checkedColor": "#1E82EB", "uncheckUrl": "", "checkedUrl": ""},
                   "hrefStyle": {"fontColor": "#1E82EB", "agreeArr": []}},
    "tipStyle": {"fontSize": "0.92rem", "fontColor": "#999999", "high": "27rem", "left": "center"},
    "returnBtnStyle": {"width": "0.65rem", "height": "1.1rem", "left": "1rem", "high": "1rem",
                       "url": "https://example.com/return.png"},
    "customControlStyle": {"ifShow": "true", "width": "120px", "height": "24px", "high": "450px", "left": "center",
                           "bgColor": "#fff", "border": "0", "borderRadius": "", "url": "https://example.com/",
                           "name": "短信登录", "fontSize": "16px", "fontColor": "#392211", "textAlign": "center",
                           "textDecoration": ""}}, ensure_ascii=False)
SDK = [
    sdk("the options of a pop-up, as in the document", "2", POPUP, POPUP),
    sdk("the options of a page, as in the document", "3", PAGE, PAGE),
    sdk("truth values and the texts true and false", "2",
        '{maskStyle: {ifShowMask: true}, closeBtnStyle: {ifShowBtn: "false"}, customControlStyle: {ifShow: false}}',
        '{"maskStyle": {"ifShowMask": true}, "closeBtnStyle": {"ifShowBtn": "false"}, '
        '"customControlStyle": {"ifShow": false}}'),
    sdk("numbers and digits in quotes", "2",
        '{layerStyle: {width: 240, height: "240"}, maskStyle: {opacity: 0.50}, phoneStyle: {left: 007, high: 1.5}}',
        '{"layerStyle": {"width": 240, "height": "240"}, "maskStyle": {"opacity": 0.50}, '
        '"phoneStyle": {"left": "007", "high": 1.5}}'),
    sdk("texts in quotes that resemble other values", "3",
        '{titleStyle: {name: "true", fontFamily: "1.5"}, submitBtnStyle: {name: \'"a"\'}}',
        '{"titleStyle": {"name": "true", "fontFamily": "1.5"}, "submitBtnStyle": {"name": "\\"a\\""}}'),
]
