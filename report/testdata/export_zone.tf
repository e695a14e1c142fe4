# The identity providers of zone:0da42c8d2132a9ddaf714f9e7c920711 as it was at 2026-06-30T02:00:03Z
# (snapshot eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee),
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

variable "zone_id" {
  description = "Id of the zone at Cloudflare."
  type        = string
  default     = "0da42c8d2132a9ddaf714f9e7c920711"
}

resource "cloudflare_zero_trust_access_identity_provider" "one_time_pin_login" {
  zone_id = var.zone_id
  name    = "One-time PIN login"
  type    = "onetimepin"
  config  = {}
}

import {
  to = cloudflare_zero_trust_access_identity_provider.one_time_pin_login
  id = "zones/0da42c8d2132a9ddaf714f9e7c920711/00000000-0000-0000-0000-000000000000"
}

variable "microsoft_entra_id_login_client_secret" {
  description = "Identity provider Microsoft Entra ID login (azureAD): client secret: its Value, not its Secret ID. Microsoft Entra admin center > App registrations > (the app) > Certificates & secrets > New client secret; it is shown once, and it expires."
  type        = string
  sensitive   = true
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config.azure_cloud = "the azure_cloud"
resource "cloudflare_zero_trust_access_identity_provider" "microsoft_entra_id_login" {
  zone_id = var.zone_id
  name    = "Microsoft Entra ID login"
  type    = "azureAD"
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
  id = "zones/0da42c8d2132a9ddaf714f9e7c920711/00000000-0000-0000-0000-000000000001"
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config.enable_encryption = true
#   config.header_attributes = ["c"]
#   config.idp_public_cert = "the idp_public_cert"
resource "cloudflare_zero_trust_access_identity_provider" "saml_login" {
  zone_id = var.zone_id
  name    = "SAML login"
  type    = "saml"
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
  id = "zones/0da42c8d2132a9ddaf714f9e7c920711/00000000-0000-0000-0000-000000000002"
}

variable "centrify_login_client_secret" {
  description = "Identity provider Centrify login (centrify): Client Secret (the application secret). Centrify admin portal > Apps > (the app) > Trust."
  type        = string
  sensitive   = true
}

resource "cloudflare_zero_trust_access_identity_provider" "centrify_login" {
  zone_id = var.zone_id
  name    = "Centrify login"
  type    = "centrify"
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
  id = "zones/0da42c8d2132a9ddaf714f9e7c920711/00000000-0000-0000-0000-000000000003"
}
