/// The provider files of this version, built into the binary. `files/` links to `providers/`.
public enum BuiltInProviders {
  /// Contents by file name.
  public static let files: [String: [UInt8]] = [
    "alipay.yaml": PackageResources.alipay_yaml,
    "aliyun.yaml": PackageResources.aliyun_yaml,
    "camara-ciba.yaml": PackageResources.camara_ciba_yaml,
    "camara.yaml": PackageResources.camara_yaml,
    "carriers/china-mobile.yaml": PackageResources.china_mobile_yaml,
    "carriers/china-telecom.yaml": PackageResources.china_telecom_yaml,
    "carriers/china-unicom.yaml": PackageResources.china_unicom_yaml,
    "china-mobile-app.yaml": PackageResources.china_mobile_app_yaml,
    "china-mobile-h5.yaml": PackageResources.china_mobile_h5_yaml,
    "china-mobile-quick-app.yaml": PackageResources.china_mobile_quick_app_yaml,
    "china-mobile-wechat.yaml": PackageResources.china_mobile_wechat_yaml,
    "getui.yaml": PackageResources.getui_yaml,
    "jiguang.yaml": PackageResources.jiguang_yaml,
    "mobtech.yaml": PackageResources.mobtech_yaml,
    "shanyan.yaml": PackageResources.shanyan_yaml,
    "tencent-cloud.yaml": PackageResources.tencent_cloud_yaml,
    "wechat.yaml": PackageResources.wechat_yaml,
    "yidun.yaml": PackageResources.yidun_yaml,
  ]

  /// The names of the provider files: those of `carriers/` are not among them.
  public static var names: [String] { files.keys.filter { !$0.contains("/") }.sorted() }
}
