internal import Networking

/// The response to `GET /` and `GET /sandbox`.
enum SandboxIndex {
  static let response = ControlAPI.json(200) { writer in
    writer.object { writer in
      writer.member("name", "Numgate sandbox: simulated vendors of phone number authentication")
      writer.object("vendors") { writer in
        writer.member(
          named: "POST " + OneClickLogin.path, "China Mobile, one-click login of H5 pages and mini-programs")
        writer.member(named: "POST " + QuickAppVerify.path, "China Mobile, verification of quick apps")
        writer.member(named: "POST " + AppLogin.path, "China Mobile, one-click login of apps")
        writer.member(named: "POST " + AppVerify.path, "China Mobile, verification of apps")
        let operations = AliyunOperation.allCases.map(\.rawValue).joined(separator: ", ")
        writer.member(named: "POST " + AliyunRPC.path, "Aliyun Dypnsapi, signed with V3 or V1: " + operations)
        writer.member(named: "POST " + JiGuangLogin.path, "JiGuang, one-click login of apps")
        writer.member(named: "POST " + JiGuangLogin.pagePath, "JiGuang, one-click login of H5 pages")
        writer.member(named: "POST " + JiGuangVerify.path, "JiGuang, verification of apps")
        writer.member(named: "POST " + JiGuangVerify.pagePath, "JiGuang, verification of H5 pages")
        writer.member(named: "POST " + YidunCheck.loginPath, "NetEase Yidun, one-click login of apps")
        writer.member(named: "POST " + YidunCheck.verifyPath, "NetEase Yidun, verification of apps")
        writer.member(named: "POST " + TencentCloudLogin.path, "Tencent Cloud, one-click login of apps")
        writer.member(named: "POST " + ShanyanCall.loginPath, "Chuanglan Shanyan, one-click login of apps")
        writer.member(named: "POST " + ShanyanCall.verifyPath, "Chuanglan Shanyan, verification of apps")
        writer.member(named: "POST " + MobTechLogin.path, "MobTech SecVerify, one-click login of apps")
        writer.member(named: "POST " + GetuiLogin.path, "Getui GeYan, one-click login of apps")
        writer.member(named: "POST " + WeChatStableToken.path, "WeChat, access token of mini-programs")
        writer.member(named: "POST " + WeChatPhoneNumber.path, "WeChat, phone number of mini-programs")
        writer.member(named: "POST " + CAMARATokens.tokenPath, "CAMARA, access token for one user")
        writer.member(named: "POST " + CAMARATokens.authorizePath, "CAMARA, authorisation of a user in the background")
        writer.member(named: "GET " + CAMARANumbers.numberPath, "CAMARA, phone number of a user")
        writer.member(named: "POST " + CAMARANumbers.verifyPath, "CAMARA, verification of a number")
      }
      writer.object("control") { writer in
        writer.member("POST /sandbox/tokens", "simulates an SDK: returns a token or the object of an error callback")
        writer.member("POST /sandbox/pre-signs", "returns a text that a quick app's SDK requests a signature for")
        writer.member("POST /sandbox/faults", "arms a fault for the next calls of a path or of an Aliyun action")
        writer.member("GET /sandbox/requests", "lists the latest requests to the vendors, newest first")
        writer.member("DELETE /sandbox/requests", "clears this list")
        writer.member("GET /sandbox/phone", "returns the phone that the SDK scripts in a browser run on")
        writer.member("PUT /sandbox/phone", "sets its phoneNumber, carrier, network and script; missing: the default")
        writer.member(
          "POST /sandbox/reset",
          "deletes the tokens of SDKs, limits, nonces, faults and requests, and resets the phone")
      }
    }
  }
}
