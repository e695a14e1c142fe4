# The identity providers of Example Corp, account:f037e56e89293a057740de681ac9abbe as it was at 2026-06-30T02:00:03Z
# (snapshot 3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f),
# for Terraform to take over. Secrets are not in here: they are variables.

terraform {
  required_version = ">= 1.5"

  required_providers {
    cloudflare = {
      source  = "cloudflare/cloudflare"
      version = "~> 5.0"
    }
  }
}

variable "account_id" {
  description = "Id of the account at Cloudflare."
  type        = string
  default     = "f037e56e89293a057740de681ac9abbe"
}

resource "cloudflare_zero_trust_access_identity_provider" "one_time_pin_login" {
  account_id = var.account_id
  name       = "One-time PIN login"
  type       = "onetimepin"
  config     = {}
}

import {
  to = cloudflare_zero_trust_access_identity_provider.one_time_pin_login
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000000-0000-0000-0000-000000000000"
}

variable "microsoft_entra_id_login_client_secret" {
  description = "Identity provider Microsoft Entra ID login (azureAD): client secret: its Value, not its Secret ID. Microsoft Entra admin center > App registrations > (the app) > Certificates & secrets > New client secret; it is shown once, and it expires."
  type        = string
  sensitive   = true
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config.azure_cloud = "the azure_cloud"
resource "cloudflare_zero_trust_access_identity_provider" "microsoft_entra_id_login" {
  account_id = var.account_id
  name       = "Microsoft Entra ID login"
  type       = "azureAD"
  config = {
    claims                     = ["b", "a"]
    client_id                  = "the client_id"
    client_secret              = var.microsoft_entra_id_login_client_secret
    conditional_access_enabled = true
    directory_id               = "the directory_id"
    email_claim_name           = "the email_claim_name"
    pkce_enabled               = true
    prompt                     = "the prompt"
    support_groups             = true
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.microsoft_entra_id_login
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000000-0000-0000-0000-000000000001"
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config.enable_encryption = true
#   config.header_attributes = ["c"]
#   config.idp_public_cert = "the idp_public_cert"
resource "cloudflare_zero_trust_access_identity_provider" "saml_login" {
  account_id = var.account_id
  name       = "SAML login"
  type       = "saml"
  config = {
    attributes           = ["b", "a"]
    email_attribute_name = "the email_attribute_name"
    idp_public_certs     = ["c"]
    issuer_url           = "the issuer_url"
    sign_request         = true
    sso_target_url       = "the sso_target_url"
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.saml_login
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000000-0000-0000-0000-000000000002"
}

variable "centrify_login_client_secret" {
  description = "Identity provider Centrify login (centrify): Client Secret (the application secret). Centrify admin portal > Apps > (the app) > Trust."
  type        = string
  sensitive   = true
}

resource "cloudflare_zero_trust_access_identity_provider" "centrify_login" {
  account_id = var.account_id
  name       = "Centrify login"
  type       = "centrify"
  config = {
    centrify_account = "the centrify_account"
    centrify_app_id  = "the centrify_app_id"
    claims           = ["b", "a"]
    client_id        = "the client_id"
    client_secret    = var.centrify_login_client_secret
    email_claim_name = "the email_claim_name"
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.centrify_login
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000000-0000-0000-0000-000000000003"
}

variable "facebook_login_client_secret" {
  description = "Identity provider Facebook login (facebook): App secret. Meta for Developers > (the app) > Settings > Basic."
  type        = string
  sensitive   = true
}

resource "cloudflare_zero_trust_access_identity_provider" "facebook_login" {
  account_id = var.account_id
  name       = "Facebook login"
  type       = "facebook"
  config = {
    client_id     = "the client_id"
    client_secret = var.facebook_login_client_secret
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.facebook_login
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000000-0000-0000-0000-000000000004"
}

variable "github_login_client_secret" {
  description = "Identity provider GitHub login (github): Client secret. GitHub > Settings > Developer settings > OAuth Apps > (the app) > Generate a new client secret; it is shown once (of an organization: its Settings > Developer settings)."
  type        = string
  sensitive   = true
}

resource "cloudflare_zero_trust_access_identity_provider" "github_login" {
  account_id = var.account_id
  name       = "GitHub login"
  type       = "github"
  config = {
    client_id     = "the client_id"
    client_secret = var.github_login_client_secret
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.github_login
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000000-0000-0000-0000-000000000005"
}

variable "google_workspace_login_client_secret" {
  description = "Identity provider Google Workspace login (google-apps): Client secret. Google Cloud console > APIs & Services > Credentials > (the OAuth client)."
  type        = string
  sensitive   = true
}

resource "cloudflare_zero_trust_access_identity_provider" "google_workspace_login" {
  account_id = var.account_id
  name       = "Google Workspace login"
  type       = "google-apps"
  config = {
    apps_domain      = "the apps_domain"
    claims           = ["b", "a"]
    client_id        = "the client_id"
    client_secret    = var.google_workspace_login_client_secret
    email_claim_name = "the email_claim_name"
    pkce_enabled     = true
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.google_workspace_login
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000000-0000-0000-0000-000000000006"
}

variable "google_login_client_secret" {
  description = "Identity provider Google login (google): Client secret. Google Cloud console > APIs & Services > Credentials > (the OAuth client)."
  type        = string
  sensitive   = true
}

resource "cloudflare_zero_trust_access_identity_provider" "google_login" {
  account_id = var.account_id
  name       = "Google login"
  type       = "google"
  config = {
    claims           = ["b", "a"]
    client_id        = "the client_id"
    client_secret    = var.google_login_client_secret
    email_claim_name = "the email_claim_name"
    pkce_enabled     = true
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.google_login
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000000-0000-0000-0000-000000000007"
}

variable "linkedin_login_client_secret" {
  description = "Identity provider LinkedIn login (linkedin): Client Secret. LinkedIn Developer Portal > (the app) > Auth."
  type        = string
  sensitive   = true
}

resource "cloudflare_zero_trust_access_identity_provider" "linkedin_login" {
  account_id = var.account_id
  name       = "LinkedIn login"
  type       = "linkedin"
  config = {
    client_id     = "the client_id"
    client_secret = var.linkedin_login_client_secret
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.linkedin_login
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000000-0000-0000-0000-000000000008"
}

variable "openid_connect_login_client_secret" {
  description = "Identity provider OpenID Connect login (oidc): client secret. the provider's admin console > the application for Cloudflare Access."
  type        = string
  sensitive   = true
}

resource "cloudflare_zero_trust_access_identity_provider" "openid_connect_login" {
  account_id = var.account_id
  name       = "OpenID Connect login"
  type       = "oidc"
  config = {
    auth_url         = "the auth_url"
    certs_url        = "the certs_url"
    claims           = ["b", "a"]
    client_id        = "the client_id"
    client_secret    = var.openid_connect_login_client_secret
    email_claim_name = "the email_claim_name"
    pkce_enabled     = true
    scopes           = ["b", "a"]
    token_url        = "the token_url"
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.openid_connect_login
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000000-0000-0000-0000-000000000009"
}

variable "okta_login_client_secret" {
  description = "Identity provider Okta login (okta): Client secret. Okta admin console > Applications > Applications > (the app) > General > Client Credentials (in the app Cloudflare One of the catalog: Sign On)."
  type        = string
  sensitive   = true
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config.api_token: a secret
resource "cloudflare_zero_trust_access_identity_provider" "okta_login" {
  account_id = var.account_id
  name       = "Okta login"
  type       = "okta"
  config = {
    authorization_server_id = "the authorization_server_id"
    claims                  = ["b", "a"]
    client_id               = "the client_id"
    client_secret           = var.okta_login_client_secret
    email_claim_name        = "the email_claim_name"
    okta_account            = "the okta_account"
    pkce_enabled            = true
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.okta_login
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000000-0000-0000-0000-000000000010"
}

variable "onelogin_login_client_secret" {
  description = "Identity provider OneLogin login (onelogin): Client Secret. OneLogin admin portal > Applications > Applications > (the app) > SSO > Show client secret."
  type        = string
  sensitive   = true
}

resource "cloudflare_zero_trust_access_identity_provider" "onelogin_login" {
  account_id = var.account_id
  name       = "OneLogin login"
  type       = "onelogin"
  config = {
    claims           = ["b", "a"]
    client_id        = "the client_id"
    client_secret    = var.onelogin_login_client_secret
    email_claim_name = "the email_claim_name"
    onelogin_account = "the onelogin_account"
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.onelogin_login
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000000-0000-0000-0000-000000000011"
}

variable "pingone_login_client_secret" {
  description = "Identity provider PingOne login (pingone): Client Secret. PingOne admin console > Connections > Applications > (the app) > Configuration > General."
  type        = string
  sensitive   = true
}

resource "cloudflare_zero_trust_access_identity_provider" "pingone_login" {
  account_id = var.account_id
  name       = "PingOne login"
  type       = "pingone"
  config = {
    claims           = ["b", "a"]
    client_id        = "the client_id"
    client_secret    = var.pingone_login_client_secret
    email_claim_name = "the email_claim_name"
    ping_env_id      = "the ping_env_id"
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.pingone_login
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000000-0000-0000-0000-000000000012"
}

variable "yandex_login_client_secret" {
  description = "Identity provider Yandex login (yandex): Password (also: Client secret). Yandex OAuth > (the app)."
  type        = string
  sensitive   = true
}

resource "cloudflare_zero_trust_access_identity_provider" "yandex_login" {
  account_id = var.account_id
  name       = "Yandex login"
  type       = "yandex"
  config = {
    client_id     = "the client_id"
    client_secret = var.yandex_login_client_secret
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.yandex_login
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000000-0000-0000-0000-000000000013"
}

# Left out: (no name) (cloudflare), id 00000000-0000-0000-0000-000000000014: version 5 of Cloudflare's provider does not know its type.
#   config.restrict_to_account_members = true

# Left out: ? login (future-idp), id 00000000-0000-0000-0000-000000000015: version 5 of Cloudflare's provider does not know its type.
#   config.tenant = "t-1"
