#!/usr/bin/env python3
"""Extracts the list of all documented codes from the vendors' documents.

    python3 extract.py <folder of the vendor documents>

Writes documented-codes.json to the folder of this file: one entry for each printed row, with "times" for a row that a
table prints more than once. Part 1 reads the documents. Part 2 contains the codes of other sources, entered manually,
by source. Part 3 lists printed codes that are not entries, with the reason.
"""

import json
import re
import sys
from pathlib import Path

CARRIERS = {"移动": "YD", "电信": "CT", "联通": "CU"}


def clean(text):
    """A description without its layout: white space and line ends become one space."""
    return re.sub(r"\s+", " ", text).strip()


class Listing:
    def __init__(self):
        self.entries = []

    def add(self, provider, document, stage, carrier, code, text):
        entry = {"provider": provider, "document": document, "stage": stage, "carrier": carrier,
                 "code": code.strip(), "text": clean(text)}
        for known in self.entries:
            if all(known[key] == value for key, value in entry.items()):
                known["times"] = known.get("times", 1) + 1
                return
        self.entries.append(entry)


def expect(document, found, wanted):
    """Stops if the number of rows differs, so that a document with another layout is not read incompletely."""
    if found != wanted:
        sys.exit(f"{document}: {found} rows found, {wanted} expected")


# Part 1: the vendor documents -----------------------------------------------------------------------------------------

def page_sdk(listing, text, provider, name, acquire_section, wanted):
    """The H5 and the mini program document: tab-separated tables, one for each carrier, then one for the token stage.

    A table can continue after a page break (blank lines). Its headings are with or without markup.
    """
    start = re.search(r"^#+ *(四、返回码及描述|4 jssdk)\s*$", text, re.M)
    end = re.search(r"^#+ *附录 2", text, re.M)
    if not start or not end:
        sys.exit(f"{name}: the tables of codes were not found")
    place, count = None, 0
    for line in text[start.end():end.start()].splitlines():
        heading = re.match(r"^[#\s]*\d\) *(移动|电信|联通)取号 *[：:]\s*$", line)
        if heading:
            place = ("acquire", CARRIERS[heading.group(1)], acquire_section)
        elif re.match(r"^[#\s]*5\.1\.2 获取 token\s*$", line):
            place = ("token", "any", "§5.1.2")
        row = re.match(r"^(-?\d+)\t(.+)$", line)
        if row and place:
            stage, carrier, section = place
            listing.add(provider, f"{name} {section}", stage, carrier, row.group(1), row.group(2))
            count += 1
    expect(name, count, wanted)
    success = re.search(r'^\{ *code: *"(\d+)", *message: *"([^"]+)"', text, re.M)
    listing.add(provider, f"{name} §3.2", "token", "any", success.group(1), success.group(2))


def h5(listing, text):
    page_sdk(listing, text, "china-mobile-h5", "H5 document", "§5.1.1", 111)
    # §3.4 documents the code that getTokenInfo returns after endGetToken().
    ended = re.search(r"getTokenInfo 返回\s+(\d+)：(.+?)。", text)
    listing.add("china-mobile-h5", "H5 document §3.4", "token", "any", ended.group(1), ended.group(2))


def mini_program(listing, text):
    page_sdk(listing, text, "china-mobile-wechat", "mini-program document", "§4.1.1", 114)


# The appendix of the quick-app document does not specify the stage of a code. This table is an interpretation.
QUICK_APP_STAGES = {
    "500": "acquire", "170001": "acquire token", "111002": "acquire token", "111034": "acquire token",
    "110027": "acquire token verify", "110025": "acquire token verify", "130016": "token verify",
    "130018": "token verify", "130032": "token verify", "103605": "token verify", "130010": "token verify",
    "110004": "verify", "120020": "verify", "121011": "verify", "999999": "verify",
}


def quick_app(listing, text):
    provider, name = "china-mobile-quick-app", "quick-app document"
    callbacks = re.findall(r'code：["“”](\d+)["“”]，message：["“”]([^"“”]+)["“”]', text)
    expect(f"{name} §3.4.1", len(callbacks), 7)
    for code, message in callbacks:
        listing.add(provider, f"{name} §3.4.1", "token", "any", code, message)
    # A row begins with a number at the start of a line and ends before the next one. The first clause of its advice is
    # the description.
    appendix = text[text.index("附录：常见返回码排查"):]
    rows = re.split(r"^(\d{3,6})(?= |$)", appendix, flags=re.M)[1:]
    expect(f"{name} 附录", len(rows) // 2, 15)
    for code, advice in zip(rows[::2], rows[1::2]):
        description = re.split("[。，]", advice.strip(), maxsplit=1)[0]
        for stage in QUICK_APP_STAGES[code].split():
            listing.add(provider, f"{name} 附录", stage, "any", code, description)


def server_api(listing, text):
    provider, name = "china-mobile-app", "server-API document"
    tables = re.split(r"返回码 返回码描述", text)[1:]
    expect(f"{name}, tables", len(tables), 2)
    for table, stage, section, wanted in zip(tables, ("login", "verify"), ("§1.4", "§2.5"), (15, 12)):
        rows = re.findall(r"^(\d{6}|\d{3}) (\S.*)$", table, re.M)
        expect(f"{name} {section}", len(rows), wanted)
        for code, description in rows:
            listing.add(provider, f"{name} {section}", stage, "any", code, description)


def aliyun(listing, text):
    provider, name = "aliyun", "Aliyun document"
    table = text[text.index("错误码说明"):text.index("四、服务端接口说明")]
    rows = re.findall(r"^(\d{6})\t(.+)$", table, re.M)
    expect(f"{name} §三", len(rows), 8)
    for code, description in rows:
        listing.add(provider, f"{name} §三", "token", "any", code, description)
    codes = re.findall(r"^Code\tString\t(\w+)\t", text, re.M)
    messages = re.findall(r"^Message\tString\t(\S+)\t", text, re.M)
    expect(f"{name} §四, Code", len(codes), 2)
    for stage, section, code, message in zip(("prepare", "verify"), ("§四.1", "§四.2"), codes, messages):
        listing.add(provider, f"{name} {section}", stage, "any", code, message)
    verdicts = re.findall(r"(PASS|REJECT|UNKNOWN)：(\S+)", text)
    expect(f"{name} §四.2, VerifyResult", len(verdicts), 3)
    for verdict, meaning in verdicts:
        listing.add(provider, f"{name} §四.2", "verify", "any", verdict, meaning)


DOCUMENTS = {
    "china-mobile-h5-one-click.txt": h5,
    "china-mobile-wechat-mini-program.txt": mini_program,
    "china-mobile-quick-app.txt": quick_app,
    "china-mobile-server-api.txt": server_api,
    "aliyun-h5-number-verification.txt": aliyun,
}

# Part 2: other sources, entered manually ------------------------------------------------------------------------------
# (provider, source, stages, carriers, rows); a row is "code text".

BY_HAND = [
    ("china-mobile-h5", "OD114 §9.2", "login", "any", """
        103000 成功
        103001 fail
        103002 没有填写必传参数
        103003 forbidden
        103004 resource not found
        103005 inner error
        104000 app不存在
        104001 businessType校验失败
        104003 应用没有权益
        104004 权益已失效
        104007 token不存在
        104010 配置错误
        104012 本机号码校验失败
        104013 验证签名失败
        104014 busineseType校验失败
        104015 运管配置错误
        104016 开放平台配置错误
        104017 IP校验失败
        104019 token校验失败[MSISDN_OWNERS]"""),
    ("china-mobile-h5", "OD114 附录3", "login", "any", """
        104008 token校验失败[userInformation]"""),
    ("china-mobile-h5", "OD114 附录3", "acquire", "any", """
        105025 已超限"""),
    ("china-mobile-h5", "OD114 §9.1", "token", "any", """
        104022 内部熔断"""),
    ("china-mobile-wechat", "OD114 §9.1", "token", "any", """
        104022 内部熔断
        104023 wxappid不能为空
        104024 微信appid校验失败"""),
    ("china-mobile-h5", "UCL §6.4", "token", "any", """
        507 用户未补齐4位号码
        508 用户未勾选协议"""),
    ("china-mobile-h5", "CL-MD", "token", "any", """
        502 用户选择其他登录方式"""),
    ("china-mobile-h5", "china-mobile.md §6", "token", "any", """
        500 网络异常，请检查网络设置"""),
    ("china-mobile-wechat", "china-mobile.md §6", "token", "any", """
        503 参数缺失"""),
    ("china-mobile-h5", "H5 jssdk 2021-11", "acquire token", "any", """
        103005 inner error"""),
    ("china-mobile-h5", "VOLC-CODE", "acquire token", "any", """
        504 js判断为wifi状态
        514 仅支持https协议链接"""),
    ("china-mobile-h5", "VOLC-CODE", "acquire", "YD", """
        103119 appid不存在
        110047 签名校验失败"""),
    ("china-mobile-h5", "VOLC-CODE", "acquire", "CT", """
        110031 无电信取号权益"""),
    ("china-mobile-h5", "VOLC-CODE", "acquire", "CU", """
        110032 无联通取号权益"""),
    ("china-mobile-h5", "VOLC-CODE", "acquire", "CT CU", """
        104000 app不存在
        104003 应用没有权益
        104004 权益已失效
        104005 referer校验失败
        104013 验证签名失败"""),
    ("china-mobile-h5", "China Unicom LTRZ", "acquire", "CU", """
        0000 success
        -2 公网 ip 错误
        -16 appKey 空
        -17 authenticator 空
        -18 ts 空
        -20 超时"""),
    ("china-mobile-app", "PDOC history", "verify", "any", """
        102315 次数已用完"""),
    ("china-mobile-app", "other-vendors.md §9", "login", "any", """
        103505 replay"""),
    ("china-mobile-app", "JG", "acquire token", "any", """
        102101 无网络
        102102 网络异常
        102103 未开启数据网络
        102203 输入参数错误
        102223 数据解析异常"""),
    ("china-mobile-app", "Mob SecVerify", "acquire token", "any", """
        200060 切换账号"""),
    ("china-mobile-app", "STD §5", "acquire", "any", """
        200087 授权页成功调起"""),
    # STD adds advice in brackets. Only the description is kept.
    ("china-mobile-app", "STD §5", "acquire token", "any", """
        103000 成功
        102507 登录超时
        103101 请求签名错误
        103102 包签名错误
        103111 网关IP错误
        103119 appid不存在
        103211 其他错误
        103412 无效的请求
        103414 参数校验异常
        103511 服务器ip白名单校验失败
        103811 token为空
        103902 scrip失效
        103911 token请求过于频繁
        104201 token已失效或不存在
        105001 联通取号失败
        105002 移动取号失败
        105003 电信取号失败
        105012 不支持电信取号
        105013 不支持联通取号
        105018 token权限不足
        105019 应用未授权
        105021 当天已达取号限额
        105302 appid不在白名单
        105312 余量不足
        105313 非法请求
        200005 用户未授权（READ_PHONE_STATE）
        200010 无法识别sim卡或没有sim卡
        200020 授权页关闭
        200021 数据解析异常
        200022 无网络
        200023 请求超时
        200024 数据网络切换失败
        200025 其他错误
        200026 输入参数错误
        200027 未开启数据网络或网络不稳定
        200028 网络异常
        200038 异网取号网络请求失败
        200039 异网取号网关取号失败
        200040 UI资源加载异常
        200048 用户未安装sim卡
        200050 EOF异常
        200072 CA根证书校验失败
        200080 本机号码校验仅支持移动手机号
        200082 服务器繁忙"""),
    ("aliyun", "ALI error-code-1", "acquire", "YD", """
        103000 成功
        500 网络异常
        503 获取Token结束
        130010 参数为空
        105002 移动网关取号失败
        105112 时间戳非法
        105113 App ID非法或为空
        103101 错误的请求签名
        103134 WAP取号为空
        110024 BusinessType配置错误
        110023 应用没有权益
        110025 权益已失效
        110026 Origin校验失败
        103111 WAP网关IP错误
        111002 黑名单号码用户
        103609 物联网IP不允许取号
        170001 Referer校验失败
        103211 其他错误"""),
    ("aliyun", "UCL phone-auth.md", "acquire", "YD", """
        110025 businessType 错误
        110025 权益已失效"""),
    ("aliyun", "ALI error-code-1", "acquire", "CU", """
        100 参数校验失败
        101 未找到用户客户端公网IP对应省份
        103 验签失败"""),
    ("aliyun", "UCL phone-auth.md", "acquire", "CU", """
        100001 应用鉴权错误
        200001 初始化失败
        102 客户端类型错误
        104 clientId 错误
        106 请求时间超时
        107 鉴权信息错误
        108 应用签名错误
        110 Referer 未报备
        111 网络环境错误
        113 客户端无权限
        1002 网关错误
        1003 预取号错误
        1004 AccessCode 错误
        1011 数据解析错误
        1012 网络环境错误
        1013 网络环境错误"""),
    ("aliyun", "UCL phone-auth.md", "acquire", "CT", """
        130032 解析参数错误
        130010 参数为空
        121016 电信取号功能已关闭
        130018 验证签名失败
        110022 应用 ID 不存在
        110023 应用没有权益
        110025 权益已失效
        170001 无效的请求
        999999 系统异常"""),
    ("aliyun", "china-mobile.md §6.1", "acquire", "CT", """
        10000 success"""),
    ("aliyun", "ALI error-code-6", "acquire", "any", """
        600001 唤起授权页成功
        600024 终端环境检查支持认证"""),
    ("aliyun", "ALI error-code-5", "token", "any", """
        600004 方案号不存在
        600018 该号码已被运营商管控
        600028 入参错误(accessToken,jwtToken)
        600030 CSS属性不合规
        600032 业务类型错误
        600034 请求参数已失效"""),
    ("aliyun", "ALI error-code-6", "token", "any", """
        600002 唤起授权页失败
        600005 手机终端不安全
        600007 未检测到SIM卡
        600009 无法判断运营商
        600012 预取号失败
        600017 AppID、AppKey解析失败
        600021 点击登录时检测到运营商已切换
        600023 加载自定义控件异常
        600026 授权页已加载时不允许调用加速或预取号接口
        700000 点击返回，用户取消免密登录
        700001 点击切换按钮，用户取消免密登录
        700010 中断页面消失时点击左上角返回按钮"""),
    ("aliyun", "aliyun.md §5", "login", "any", """
        OK 请求成功"""),
    ("aliyun", "ALI api-return-code", "prepare login verify", "any", """
        isv.VERIFY_SCHEME_NOT_EXIST 认证方案不存在
        isv.VERIFY_SCHEME_CONFLICT 认证方案冲突
        isv.PACK_SIGN_CONFLICT 包签名冲突
        isv.BUNDLE_ID_CONFLICT BundleID冲突
        isv.RAM_PERMISSION_DENY 没有访问权限
        isv.SCENE_QUERY_FAIL 场景查询失败
        isv.TOKEN_INVALID 令牌无效
        isv.TOKEN_UNAUTHORIZED_USED 越权使用的Token
        isv.PRODUCT_UNSUBSCRIBE 产品未开通
        isv.PRODUCT_UN_SUBSCRIPT 未开通云通信产品的阿里云客户
        isv.PARAMETERS_MISMATCH 参数不匹配
        isv.OUT_OF_SERVICE 业务停机
        isv.MOBILE_NUMBER_ILLEGAL 号码格式非法
        isv.INVALID_PARAMETERS 非法参数
        isv.INVALID_APP isv.INVALID_APP"""),
    ("aliyun", "aliyun.md S8", "prepare login verify", "any", """
        isv.ACCESS_CODE_ILLEGAL isv.ACCESS_CODE_ILLEGAL
        isv.CSRF_CHECK_FAILED isv.CSRF_CHECK_FAILED
        isp.SYSTEM_ERROR isp.SYSTEM_ERROR
        isp.UNKNOWN isp.UNKNOWN
        isp.QPS_LIMIT isp.QPS_LIMIT
        isp.OPERATOR_LIMIT isp.OPERATOR_LIMIT
        isp.RES_OWNER_ID_UNKNOWN isp.RES_OWNER_ID_UNKNOWN
        EntityNotExist.SceneCode EntityNotExist.SceneCode
        QueryFail.SceneCode QueryFail.SceneCode
        InvalidParameter.MissingCustomerId InvalidParameter.MissingCustomerId
        InvalidParameter.MissingPackageName InvalidParameter.MissingPackageName"""),
    ("aliyun", "aliyun.md §6.2", "prepare login verify", "any", """
        isv.BUSINESS_LIMIT_CONTROL isv.BUSINESS_LIMIT_CONTROL
        isp.GATEWAY_ERROR isp.GATEWAY_ERROR"""),
    # The text is from a related product.
    ("aliyun", "aliyun.md §6.2, ALI ask/278519", "prepare login verify", "any", """
        isv.FORBIDDEN_ACTION 无权操作
        isv.ACCOUNT_NOT_EXISTS 账户不存在
        isv.ACCOUNT_ABNORMAL 账户异常
        isp.RAM_PERMISSION_DENY RAM权限DENY
        isv.FLOW_LIMIT 业务流控
        isp.VENDOR_UNAVAILABLE 运营商降级
        isp.UNKNOWN_ERR_CODE 运营商未知错误"""),
    ("aliyun", "aliyun.md S6", "prepare login verify", "any", """
        RamPermissionDeny 没有访问权限
        UnknowError 未知异常，请重新再试
        Unsupported.Account 你的账号没有开通本产品
        MobileNumberIllgeal MobileNumberIllgeal
        InvalidToken InvalidToken
        VerifySchemeNotExist 认证方案不存在
        Throttling.System 接口被限流
        SceneQueryFail 指定场景未查询到数据
        SchemeNotPassed The scheme is not passed.
        SchemeNumberOverLimit 号码认证方案数量超过限制
        PackageSignedConflict 包名签名已存在
        SmsCodeVerifyFail 短信验证码失败
        SmsSignNameNotExist 短信签名不存在"""),
    ("aliyun", "aliyun.md §6.4", "prepare login verify", "any", """
        InvalidAccessKeyId.NotFound InvalidAccessKeyId.NotFound
        InvalidAccessKeyId.Inactive InvalidAccessKeyId.Inactive
        SignatureDoesNotMatch SignatureDoesNotMatch
        IncompleteSignature IncompleteSignature
        SignatureNonceUsed SignatureNonceUsed
        InvalidTimeStamp.Expired InvalidTimeStamp.Expired
        Throttling Throttling
        Throttling.User Throttling.User
        ServiceUnavailable ServiceUnavailable
        InternalError InternalError
        MissingParameter MissingParameter
        InvalidAction.NotFound InvalidAction.NotFound
        InvalidVersion InvalidVersion
        Forbidden.RAM Forbidden.RAM
        NoPermission NoPermission"""),
    # Vendors that only other-vendors.md describes. The text is from there or from the vendor's page that it names
    # (jiguang's `content`, getui's captcha API). If there is no text, the code is repeated.
    ("jiguang", "other-vendors.md §1", "login", "any", """
        8000 get phone success
        8001 get phone fail"""),
    ("jiguang", "other-vendors.md §1", "verify", "any", """
        9000 verify consistent
        9001 verify not consistent
        9002 unknown result"""),
    ("jiguang", "other-vendors.md §1", "login verify", "any", """
        9003 token expired or not exist
        9004 config not found
        9005 verify interval is less than the minimum limit
        9006 frequency of verifying single number is beyond the maximum limit
        9007 beyond daily frequency limit
        9010 miss auth
        9011 auth failed
        9012 parameter invalid
        9013 request method not supported
        9014 appkey blocked
        9015 http media type not supported
        9018 appKey no money
        9031 not validate user
        9099 bad server
        1801 invalid parameters
        1802 auth failed
        1803 no permission
        1804 qps limit
        1805 insufficient balance
        2000 internal error
        6003 captcha_id not exist
        6004 captcha_id not bind
        6005 beyond hour frequency limit
        7101 runtime error
        7102 illegal risk_type
        7103 param decrypt error
        7104 illegal verify
        7105 jsonp xss
        7106 not captcha_id
        7107 illegal captcha_id
        7108 not captcha
        7109 captcha_id deleted
        7110 not proof
        7111 not lot_number
        7112 illegal lot_number"""),
    ("yidun", "other-vendors.md §2", "login verify", "any", """
        200 ok
        400 missing secretId/businessId
        401 forbidden
        405 params
        410 signature
        420 expired
        429 over quota
        430 replay
        440 decode error
        450 wrong token
        503 503
        507 balance
        508 QPS
        1002 other"""),
    ("yidun", "other-vendors.md §2", "verify", "any", """
        1 same
        2 different"""),
    ("getui", "other-vendors.md §3", "login", "any", """
        20000 接口调用成功
        40004 应用无效，应用不存在
        40005 appid为空
        40009 未知错误
        40031 IP受限
        40032 参数错误
        50000 未知错误
        50001 其他错误
        60001 业务ID无效
        60002 请求过快
        60004 无权限
        60008 sign验证失败"""),
    ("tencent-cloud", "other-vendors.md §4", "login", "any", """
        0 ok
        1001 sig
        1004 packet
        1006 permission
        1007 other
        1014 1014
        1021 time"""),
    ("shanyan", "other-vendors.md §5", "login verify", "any", """
        200000 success
        400001 params
        403000 user check
        415000 data conversion
        500000 system
        500002 500002
        500003 business failed
        500004 remote call
        500005 balance
        500006 external
        504000 timeout
        400101 merchant missing
        403101 account disabled
        403102 account inactive
        510101 quota
        400102 IP not allowed
        400200 blacklist
        400201 phone empty
        400901 account missing
        400902 app type
        500901 500901
        500902 500902
        500903 500903"""),
    ("shanyan", "other-vendors.md §5", "verify", "any", """
        1 same
        0 different"""),
    ("mobtech", "other-vendors.md §6", "login", "any", """
        200 success"""),
]

# Part 3: printed codes that are not entries ---------------------------------------------------------------------------
# For information only; the list does not contain them.
#
# - 6000: the Aliyun document's table of return values contains 成功6000, a misprint of 600000.
# - 600004 and 600025 of Aliyun's App SDK: they have other meanings than in H5. The meanings of H5 are kept.
# - 700002, 700003, 700004, 700006 to 700009 of Aliyun's App SDK: events of the page, neither success nor failure.
# - 600010 to 600016 and 600050 of Aliyun's SMS SDK, and the codes of 短验辅助 (000, 003, 004, 005, 102, 124, 125, 213,
#   302, 303, 999): interfaces that Numgate does not support. Several codes have other meanings in supported interfaces.
# - INVALID_PARAMETERS, MOBILE_NUMBER_ILLEGAL and others without a prefix: Dypnsapi-intl, another product.
# - AppKeyIllegal: no source.
# - -1 in UCL: its example uses this value for any code.
# - FAQ sections of the H5 and mini program documents: texts without codes. OD114 contains their codes.
# - 301xx, 309xx, 51001 to 51208, 20101 to 20123 of China Telecom's App SDK: ranges in china-mobile.md §6.1 without a
#   table. The codes that the H5 document prints are entries.
# - 0 of JiGuang: success of its risk and captcha interfaces, which Numgate does not call. With an entry, it would be a
#   success of login and verification in v1.
# - The carriers' codes in Yidun's data.resultCode: there is no published list. Their entries name the source.
# - 40010 to 40050 of GeYan's SDK before 3.0: entries with their source. The page describes the SDK, not the server.


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folder = Path(sys.argv[1])
    listing = Listing()
    for file, read in DOCUMENTS.items():
        text = (folder / file).read_text(encoding="utf-8")
        read(listing, text.replace("\r\n", "\n").replace("\f", "\n"))
    for provider, source, stages, carriers, rows in BY_HAND:
        for row in rows.strip().splitlines():
            code, text = row.strip().split(" ", 1)
            for stage in stages.split():
                for carrier in carriers.split():
                    listing.add(provider, source, stage, carrier, code, text)
    lines = ",\n".join("  " + json.dumps(entry, ensure_ascii=False) for entry in listing.entries)
    target = Path(__file__).resolve().parent / "documented-codes.json"
    target.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    printed = sum(entry.get("times", 1) for entry in listing.entries)
    print(f"{printed} printed rows, {len(listing.entries)} different entries")


if __name__ == "__main__":
    main()
