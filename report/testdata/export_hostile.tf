# The identity providers of \x1b[2J\x1b[31mred\x1b[0mtwo\nlines\r\nSnapshot 00000000 of Nobodyvery long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very lo…, account:f037e56e89293a057740de681ac9abbe as it was at 2026-06-30T02:00:03Z
# (snapshot bdbdbdbdbdbdbdbdbdbdbdbdbdbdbdbdbdbdbdbdbdbdbdbdbdbdbdbdbdbdbdbd),
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

variable "idp_2j_31mred_0m_client_secret" {
  description = "Identity provider \\x1b[2J\\x1b[31mred\\x1b[0m (saml): client_secret."
  type        = string
  sensitive   = true
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config."x_\u001b[2J\u001b[31mred\u001b[0m" = "\u001b[2J\u001b[31mred\u001b[0m"
resource "cloudflare_zero_trust_access_identity_provider" "idp_2j_31mred_0m" {
  account_id = var.account_id
  name       = "\u001b[2J\u001b[31mred\u001b[0m"
  type       = "saml"
  config = {
    attributes    = ["\u001b[2J\u001b[31mred\u001b[0m", "\u001b[2J\u001b[31mred\u001b[0m"]
    client_id     = "\u001b[2J\u001b[31mred\u001b[0m"
    client_secret = var.idp_2j_31mred_0m_client_secret
    issuer_url    = "\u001b[2J\u001b[31mred\u001b[0m"
  }
  scim_config = {
    enabled                  = true
    identity_update_behavior = "\u001b[2J\u001b[31mred\u001b[0m"
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.idp_2j_31mred_0m
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000000-0000-4000-8000-00000000saml"
}

# Left out: \x1b[2J\x1b[31mred\x1b[0m (cloudflare), id 00000000-0000-4000-8000-00000000cloudflare: version 5 of Cloudflare's provider does not know its type.
#   config.attributes = ["\u001b[2J\u001b[31mred\u001b[0m","\u001b[2J\u001b[31mred\u001b[0m"]
#   config.client_id = "\u001b[2J\u001b[31mred\u001b[0m"
#   config.client_secret: a secret
#   config.issuer_url = "\u001b[2J\u001b[31mred\u001b[0m"
#   config."x_\u001b[2J\u001b[31mred\u001b[0m" = "\u001b[2J\u001b[31mred\u001b[0m"
#   scim_config.enabled = true
#   scim_config.identity_update_behavior = "\u001b[2J\u001b[31mred\u001b[0m"

variable "idp_2j_31mred_0m_2_client_secret" {
  description = "Identity provider \\x1b[2J\\x1b[31mred\\x1b[0m (oidc): client secret. the provider's admin console > the application for Cloudflare Access."
  type        = string
  sensitive   = true
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config.attributes = ["\u001b[2J\u001b[31mred\u001b[0m","\u001b[2J\u001b[31mred\u001b[0m"]
#   config.issuer_url = "\u001b[2J\u001b[31mred\u001b[0m"
#   config."x_\u001b[2J\u001b[31mred\u001b[0m" = "\u001b[2J\u001b[31mred\u001b[0m"
resource "cloudflare_zero_trust_access_identity_provider" "idp_2j_31mred_0m_2" {
  account_id = var.account_id
  name       = "\u001b[2J\u001b[31mred\u001b[0m"
  type       = "oidc"
  config = {
    client_id     = "\u001b[2J\u001b[31mred\u001b[0m"
    client_secret = var.idp_2j_31mred_0m_2_client_secret
  }
  scim_config = {
    enabled                  = true
    identity_update_behavior = "\u001b[2J\u001b[31mred\u001b[0m"
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.idp_2j_31mred_0m_2
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000000-0000-4000-8000-00000000oidc"
}

variable "two_lines_snapshot_00000000_of_nobody_client_secret" {
  description = "Identity provider two\\nlines\\r\\nSnapshot 00000000 of Nobody (saml): client_secret."
  type        = string
  sensitive   = true
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config."x_two\nlines\r\nSnapshot 00000000 of Nobody" = "two\nlines\r\nSnapshot 00000000 of Nobody"
resource "cloudflare_zero_trust_access_identity_provider" "two_lines_snapshot_00000000_of_nobody" {
  account_id = var.account_id
  name       = "two\nlines\r\nSnapshot 00000000 of Nobody"
  type       = "saml"
  config = {
    attributes    = ["two\nlines\r\nSnapshot 00000000 of Nobody", "two\nlines\r\nSnapshot 00000000 of Nobody"]
    client_id     = "two\nlines\r\nSnapshot 00000000 of Nobody"
    client_secret = var.two_lines_snapshot_00000000_of_nobody_client_secret
    issuer_url    = "two\nlines\r\nSnapshot 00000000 of Nobody"
  }
  scim_config = {
    enabled                  = true
    identity_update_behavior = "two\nlines\r\nSnapshot 00000000 of Nobody"
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.two_lines_snapshot_00000000_of_nobody
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000001-0000-4000-8000-00000000saml"
}

# Left out: two\nlines\r\nSnapshot 00000000 of Nobody (cloudflare), id 00000001-0000-4000-8000-00000000cloudflare: version 5 of Cloudflare's provider does not know its type.
#   config.attributes = ["two\nlines\r\nSnapshot 00000000 of Nobody","two\nlines\r\nSnapshot 00000000 of Nobody"]
#   config.client_id = "two\nlines\r\nSnapshot 00000000 of Nobody"
#   config.client_secret: a secret
#   config.issuer_url = "two\nlines\r\nSnapshot 00000000 of Nobody"
#   config."x_two\nlines\r\nSnapshot 00000000 of Nobody" = "two\nlines\r\nSnapshot 00000000 of Nobody"
#   scim_config.enabled = true
#   scim_config.identity_update_behavior = "two\nlines\r\nSnapshot 00000000 of Nobody"

variable "two_lines_snapshot_00000000_of_nobody_2_client_secret" {
  description = "Identity provider two\\nlines\\r\\nSnapshot 00000000 of Nobody (oidc): client secret. the provider's admin console > the application for Cloudflare Access."
  type        = string
  sensitive   = true
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config.attributes = ["two\nlines\r\nSnapshot 00000000 of Nobody","two\nlines\r\nSnapshot 00000000 of Nobody"]
#   config.issuer_url = "two\nlines\r\nSnapshot 00000000 of Nobody"
#   config."x_two\nlines\r\nSnapshot 00000000 of Nobody" = "two\nlines\r\nSnapshot 00000000 of Nobody"
resource "cloudflare_zero_trust_access_identity_provider" "two_lines_snapshot_00000000_of_nobody_2" {
  account_id = var.account_id
  name       = "two\nlines\r\nSnapshot 00000000 of Nobody"
  type       = "oidc"
  config = {
    client_id     = "two\nlines\r\nSnapshot 00000000 of Nobody"
    client_secret = var.two_lines_snapshot_00000000_of_nobody_2_client_secret
  }
  scim_config = {
    enabled                  = true
    identity_update_behavior = "two\nlines\r\nSnapshot 00000000 of Nobody"
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.two_lines_snapshot_00000000_of_nobody_2
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000001-0000-4000-8000-00000000oidc"
}

variable "user_moc_live_nimda_client_secret" {
  description = "Identity provider user\\u202emoc.live@nimda (saml): client_secret."
  type        = string
  sensitive   = true
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config."x_user\u202emoc.live@nimda" = "user\u202emoc.live@nimda"
resource "cloudflare_zero_trust_access_identity_provider" "user_moc_live_nimda" {
  account_id = var.account_id
  name       = "user\u202emoc.live@nimda"
  type       = "saml"
  config = {
    attributes    = ["user\u202emoc.live@nimda", "user\u202emoc.live@nimda"]
    client_id     = "user\u202emoc.live@nimda"
    client_secret = var.user_moc_live_nimda_client_secret
    issuer_url    = "user\u202emoc.live@nimda"
  }
  scim_config = {
    enabled                  = true
    identity_update_behavior = "user\u202emoc.live@nimda"
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.user_moc_live_nimda
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000002-0000-4000-8000-00000000saml"
}

# Left out: user\u202emoc.live@nimda (cloudflare), id 00000002-0000-4000-8000-00000000cloudflare: version 5 of Cloudflare's provider does not know its type.
#   config.attributes = ["user\u202emoc.live@nimda","user\u202emoc.live@nimda"]
#   config.client_id = "user\u202emoc.live@nimda"
#   config.client_secret: a secret
#   config.issuer_url = "user\u202emoc.live@nimda"
#   config."x_user\u202emoc.live@nimda" = "user\u202emoc.live@nimda"
#   scim_config.enabled = true
#   scim_config.identity_update_behavior = "user\u202emoc.live@nimda"

variable "user_moc_live_nimda_2_client_secret" {
  description = "Identity provider user\\u202emoc.live@nimda (oidc): client secret. the provider's admin console > the application for Cloudflare Access."
  type        = string
  sensitive   = true
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config.attributes = ["user\u202emoc.live@nimda","user\u202emoc.live@nimda"]
#   config.issuer_url = "user\u202emoc.live@nimda"
#   config."x_user\u202emoc.live@nimda" = "user\u202emoc.live@nimda"
resource "cloudflare_zero_trust_access_identity_provider" "user_moc_live_nimda_2" {
  account_id = var.account_id
  name       = "user\u202emoc.live@nimda"
  type       = "oidc"
  config = {
    client_id     = "user\u202emoc.live@nimda"
    client_secret = var.user_moc_live_nimda_2_client_secret
  }
  scim_config = {
    enabled                  = true
    identity_update_behavior = "user\u202emoc.live@nimda"
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.user_moc_live_nimda_2
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000002-0000-4000-8000-00000000oidc"
}

# Left out: zero\u200bwidth\ufeff (saml), id 00000003-0000-4000-8000-00000000saml: it is read-only, so that Terraform cannot manage it.
#   config.attributes = ["zero\u200bwidth\ufeff","zero\u200bwidth\ufeff"]
#   config.client_id = "zero\u200bwidth\ufeff"
#   config.client_secret: a secret
#   config.issuer_url = "zero\u200bwidth\ufeff"
#   config."x_zero\u200bwidth\ufeff" = "zero\u200bwidth\ufeff"
#   scim_config.enabled = true
#   scim_config.identity_update_behavior = "zero\u200bwidth\ufeff"

# Left out: zero\u200bwidth\ufeff (cloudflare), id 00000003-0000-4000-8000-00000000cloudflare: it is read-only, so that Terraform cannot manage it.
#   config.attributes = ["zero\u200bwidth\ufeff","zero\u200bwidth\ufeff"]
#   config.client_id = "zero\u200bwidth\ufeff"
#   config.client_secret: a secret
#   config.issuer_url = "zero\u200bwidth\ufeff"
#   config."x_zero\u200bwidth\ufeff" = "zero\u200bwidth\ufeff"
#   scim_config.enabled = true
#   scim_config.identity_update_behavior = "zero\u200bwidth\ufeff"

# Left out: zero\u200bwidth\ufeff (oidc), id 00000003-0000-4000-8000-00000000oidc: it is read-only, so that Terraform cannot manage it.
#   config.attributes = ["zero\u200bwidth\ufeff","zero\u200bwidth\ufeff"]
#   config.client_id = "zero\u200bwidth\ufeff"
#   config.client_secret: a secret
#   config.issuer_url = "zero\u200bwidth\ufeff"
#   config."x_zero\u200bwidth\ufeff" = "zero\u200bwidth\ufeff"
#   scim_config.enabled = true
#   scim_config.identity_update_behavior = "zero\u200bwidth\ufeff"

variable "broken_client_secret" {
  description = "Identity provider ?broken (saml): client_secret."
  type        = string
  sensitive   = true
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config."x_?broken" = "?broken"
resource "cloudflare_zero_trust_access_identity_provider" "broken" {
  account_id = var.account_id
  name       = "?broken"
  type       = "saml"
  config = {
    attributes    = ["?broken", "?broken"]
    client_id     = "?broken"
    client_secret = var.broken_client_secret
    issuer_url    = "?broken"
  }
  scim_config = {
    enabled                  = true
    identity_update_behavior = "?broken"
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.broken
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000004-0000-4000-8000-00000000saml"
}

# Left out: ?broken (cloudflare), id 00000004-0000-4000-8000-00000000cloudflare: version 5 of Cloudflare's provider does not know its type.
#   config.attributes = ["?broken","?broken"]
#   config.client_id = "?broken"
#   config.client_secret: a secret
#   config.issuer_url = "?broken"
#   config."x_?broken" = "?broken"
#   scim_config.enabled = true
#   scim_config.identity_update_behavior = "?broken"

variable "broken_2_client_secret" {
  description = "Identity provider ?broken (oidc): client secret. the provider's admin console > the application for Cloudflare Access."
  type        = string
  sensitive   = true
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config.attributes = ["?broken","?broken"]
#   config.issuer_url = "?broken"
#   config."x_?broken" = "?broken"
resource "cloudflare_zero_trust_access_identity_provider" "broken_2" {
  account_id = var.account_id
  name       = "?broken"
  type       = "oidc"
  config = {
    client_id     = "?broken"
    client_secret = var.broken_2_client_secret
  }
  scim_config = {
    enabled                  = true
    identity_update_behavior = "?broken"
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.broken_2
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000004-0000-4000-8000-00000000oidc"
}

variable "c1_31m_control_client_secret" {
  description = "Identity provider c1 \\u009b31m control\\u0085 (saml): client_secret."
  type        = string
  sensitive   = true
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config."x_c1 \u009b31m control\u0085" = "c1 \u009b31m control\u0085"
resource "cloudflare_zero_trust_access_identity_provider" "c1_31m_control" {
  account_id = var.account_id
  name       = "c1 \u009b31m control\u0085"
  type       = "saml"
  config = {
    attributes    = ["c1 \u009b31m control\u0085", "c1 \u009b31m control\u0085"]
    client_id     = "c1 \u009b31m control\u0085"
    client_secret = var.c1_31m_control_client_secret
    issuer_url    = "c1 \u009b31m control\u0085"
  }
  scim_config = {
    enabled                  = true
    identity_update_behavior = "c1 \u009b31m control\u0085"
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.c1_31m_control
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000005-0000-4000-8000-00000000saml"
}

# Left out: c1 \u009b31m control\u0085 (cloudflare), id 00000005-0000-4000-8000-00000000cloudflare: version 5 of Cloudflare's provider does not know its type.
#   config.attributes = ["c1 \u009b31m control\u0085","c1 \u009b31m control\u0085"]
#   config.client_id = "c1 \u009b31m control\u0085"
#   config.client_secret: a secret
#   config.issuer_url = "c1 \u009b31m control\u0085"
#   config."x_c1 \u009b31m control\u0085" = "c1 \u009b31m control\u0085"
#   scim_config.enabled = true
#   scim_config.identity_update_behavior = "c1 \u009b31m control\u0085"

variable "c1_31m_control_2_client_secret" {
  description = "Identity provider c1 \\u009b31m control\\u0085 (oidc): client secret. the provider's admin console > the application for Cloudflare Access."
  type        = string
  sensitive   = true
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config.attributes = ["c1 \u009b31m control\u0085","c1 \u009b31m control\u0085"]
#   config.issuer_url = "c1 \u009b31m control\u0085"
#   config."x_c1 \u009b31m control\u0085" = "c1 \u009b31m control\u0085"
resource "cloudflare_zero_trust_access_identity_provider" "c1_31m_control_2" {
  account_id = var.account_id
  name       = "c1 \u009b31m control\u0085"
  type       = "oidc"
  config = {
    client_id     = "c1 \u009b31m control\u0085"
    client_secret = var.c1_31m_control_2_client_secret
  }
  scim_config = {
    enabled                  = true
    identity_update_behavior = "c1 \u009b31m control\u0085"
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.c1_31m_control_2
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000005-0000-4000-8000-00000000oidc"
}

variable "saml_client_secret" {
  description = "Identity provider \\u3164 (saml): client_secret."
  type        = string
  sensitive   = true
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config."x_\u3164" = "\u3164"
resource "cloudflare_zero_trust_access_identity_provider" "saml" {
  account_id = var.account_id
  name       = "ㅤ"
  type       = "saml"
  config = {
    attributes    = ["ㅤ", "ㅤ"]
    client_id     = "ㅤ"
    client_secret = var.saml_client_secret
    issuer_url    = "ㅤ"
  }
  scim_config = {
    enabled                  = true
    identity_update_behavior = "ㅤ"
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.saml
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000006-0000-4000-8000-00000000saml"
}

# Left out: \u3164 (cloudflare), id 00000006-0000-4000-8000-00000000cloudflare: version 5 of Cloudflare's provider does not know its type.
#   config.attributes = ["\u3164","\u3164"]
#   config.client_id = "\u3164"
#   config.client_secret: a secret
#   config.issuer_url = "\u3164"
#   config."x_\u3164" = "\u3164"
#   scim_config.enabled = true
#   scim_config.identity_update_behavior = "\u3164"

variable "oidc_client_secret" {
  description = "Identity provider \\u3164 (oidc): client secret. the provider's admin console > the application for Cloudflare Access."
  type        = string
  sensitive   = true
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config.attributes = ["\u3164","\u3164"]
#   config.issuer_url = "\u3164"
#   config."x_\u3164" = "\u3164"
resource "cloudflare_zero_trust_access_identity_provider" "oidc" {
  account_id = var.account_id
  name       = "ㅤ"
  type       = "oidc"
  config = {
    client_id     = "ㅤ"
    client_secret = var.oidc_client_secret
  }
  scim_config = {
    enabled                  = true
    identity_update_behavior = "ㅤ"
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.oidc
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000006-0000-4000-8000-00000000oidc"
}

variable "very_long_very_long_very_long_very_long_very_long_very_long_client_secret" {
  description = "Identity provider very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long ver… (saml): client_secret."
  type        = string
  sensitive   = true
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config."x_very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long " = "very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long "
resource "cloudflare_zero_trust_access_identity_provider" "very_long_very_long_very_long_very_long_very_long_very_long" {
  account_id = var.account_id
  name       = "very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long "
  type       = "saml"
  config = {
    attributes    = ["very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long ", "very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long "]
    client_id     = "very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long "
    client_secret = var.very_long_very_long_very_long_very_long_very_long_very_long_client_secret
    issuer_url    = "very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long "
  }
  scim_config = {
    enabled                  = true
    identity_update_behavior = "very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long "
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.very_long_very_long_very_long_very_long_very_long_very_long
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000007-0000-4000-8000-00000000saml"
}

# Left out: very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long ver… (cloudflare), id 00000007-0000-4000-8000-00000000cloudflare: version 5 of Cloudflare's provider does not know its type.
#   config.attributes = ["very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long ","very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long "]
#   config.client_id = "very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long "
#   config.client_secret: a secret
#   config.issuer_url = "very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long "
#   config."x_very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long " = "very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long "
#   scim_config.enabled = true
#   scim_config.identity_update_behavior = "very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long "

variable "very_long_very_long_very_long_very_long_very_long_very_long_2_client_secret" {
  description = "Identity provider very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long ver… (oidc): client secret. the provider's admin console > the application for Cloudflare Access."
  type        = string
  sensitive   = true
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config.attributes = ["very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long ","very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long "]
#   config.issuer_url = "very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long "
#   config."x_very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long " = "very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long "
resource "cloudflare_zero_trust_access_identity_provider" "very_long_very_long_very_long_very_long_very_long_very_long_2" {
  account_id = var.account_id
  name       = "very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long "
  type       = "oidc"
  config = {
    client_id     = "very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long "
    client_secret = var.very_long_very_long_very_long_very_long_very_long_very_long_2_client_secret
  }
  scim_config = {
    enabled                  = true
    identity_update_behavior = "very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long very long "
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.very_long_very_long_very_long_very_long_very_long_very_long_2
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000007-0000-4000-8000-00000000oidc"
}

variable "zalgo_end_client_secret" {
  description = "Identity provider zalgó́́́́́́́\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u… (saml): client_secret."
  type        = string
  sensitive   = true
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config."x_zalgó́́́́́́́\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301end" = "zalgó́́́́́́́\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301end"
resource "cloudflare_zero_trust_access_identity_provider" "zalgo_end" {
  account_id = var.account_id
  name       = "zalgó́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́end"
  type       = "saml"
  config = {
    attributes    = ["zalgó́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́end", "zalgó́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́end"]
    client_id     = "zalgó́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́end"
    client_secret = var.zalgo_end_client_secret
    issuer_url    = "zalgó́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́end"
  }
  scim_config = {
    enabled                  = true
    identity_update_behavior = "zalgó́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́end"
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.zalgo_end
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000008-0000-4000-8000-00000000saml"
}

# Left out: zalgó́́́́́́́\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u… (cloudflare), id 00000008-0000-4000-8000-00000000cloudflare: version 5 of Cloudflare's provider does not know its type.
#   config.attributes = ["zalgó́́́́́́́\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301end","zalgó́́́́́́́\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301end"]
#   config.client_id = "zalgó́́́́́́́\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301end"
#   config.client_secret: a secret
#   config.issuer_url = "zalgó́́́́́́́\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301end"
#   config."x_zalgó́́́́́́́\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301end" = "zalgó́́́́́́́\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301end"
#   scim_config.enabled = true
#   scim_config.identity_update_behavior = "zalgó́́́́́́́\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301end"

variable "zalgo_end_2_client_secret" {
  description = "Identity provider zalgó́́́́́́́\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u… (oidc): client secret. the provider's admin console > the application for Cloudflare Access."
  type        = string
  sensitive   = true
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config.attributes = ["zalgó́́́́́́́\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301end","zalgó́́́́́́́\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301end"]
#   config.issuer_url = "zalgó́́́́́́́\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301end"
#   config."x_zalgó́́́́́́́\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301end" = "zalgó́́́́́́́\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301end"
resource "cloudflare_zero_trust_access_identity_provider" "zalgo_end_2" {
  account_id = var.account_id
  name       = "zalgó́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́end"
  type       = "oidc"
  config = {
    client_id     = "zalgó́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́end"
    client_secret = var.zalgo_end_2_client_secret
  }
  scim_config = {
    enabled                  = true
    identity_update_behavior = "zalgó́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́͏́́́́́́́́́́́́́́́́́́́́́́́́́́́́́́end"
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.zalgo_end_2
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000008-0000-4000-8000-00000000oidc"
}

variable "saml_2_client_secret" {
  description = "Identity provider 山田\u3000太郎 (営業部) (saml): client_secret."
  type        = string
  sensitive   = true
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config."x_山田　太郎 (営業部)" = "山田　太郎 (営業部)"
resource "cloudflare_zero_trust_access_identity_provider" "saml_2" {
  account_id = var.account_id
  name       = "山田\u3000太郎 (営業部)"
  type       = "saml"
  config = {
    attributes    = ["山田\u3000太郎 (営業部)", "山田\u3000太郎 (営業部)"]
    client_id     = "山田\u3000太郎 (営業部)"
    client_secret = var.saml_2_client_secret
    issuer_url    = "山田\u3000太郎 (営業部)"
  }
  scim_config = {
    enabled                  = true
    identity_update_behavior = "山田\u3000太郎 (営業部)"
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.saml_2
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000009-0000-4000-8000-00000000saml"
}

# Left out: 山田　太郎 (営業部) (cloudflare), id 00000009-0000-4000-8000-00000000cloudflare: version 5 of Cloudflare's provider does not know its type.
#   config.attributes = ["山田　太郎 (営業部)","山田　太郎 (営業部)"]
#   config.client_id = "山田　太郎 (営業部)"
#   config.client_secret: a secret
#   config.issuer_url = "山田　太郎 (営業部)"
#   config."x_山田　太郎 (営業部)" = "山田　太郎 (営業部)"
#   scim_config.enabled = true
#   scim_config.identity_update_behavior = "山田　太郎 (営業部)"

variable "oidc_2_client_secret" {
  description = "Identity provider 山田\u3000太郎 (営業部) (oidc): client secret. the provider's admin console > the application for Cloudflare Access."
  type        = string
  sensitive   = true
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config.attributes = ["山田　太郎 (営業部)","山田　太郎 (営業部)"]
#   config.issuer_url = "山田　太郎 (営業部)"
#   config."x_山田　太郎 (営業部)" = "山田　太郎 (営業部)"
resource "cloudflare_zero_trust_access_identity_provider" "oidc_2" {
  account_id = var.account_id
  name       = "山田\u3000太郎 (営業部)"
  type       = "oidc"
  config = {
    client_id     = "山田\u3000太郎 (営業部)"
    client_secret = var.oidc_2_client_secret
  }
  scim_config = {
    enabled                  = true
    identity_update_behavior = "山田\u3000太郎 (営業部)"
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.oidc_2
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000009-0000-4000-8000-00000000oidc"
}

variable "family_client_secret" {
  description = "Identity provider 👩\\u200d👩\\u200d👧 family (saml): client_secret."
  type        = string
  sensitive   = true
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config."x_👩\u200d👩\u200d👧 family" = "👩\u200d👩\u200d👧 family"
resource "cloudflare_zero_trust_access_identity_provider" "family" {
  account_id = var.account_id
  name       = "👩\u200d👩\u200d👧 family"
  type       = "saml"
  config = {
    attributes    = ["👩\u200d👩\u200d👧 family", "👩\u200d👩\u200d👧 family"]
    client_id     = "👩\u200d👩\u200d👧 family"
    client_secret = var.family_client_secret
    issuer_url    = "👩\u200d👩\u200d👧 family"
  }
  scim_config = {
    enabled                  = true
    identity_update_behavior = "👩\u200d👩\u200d👧 family"
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.family
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000010-0000-4000-8000-00000000saml"
}

# Left out: 👩\u200d👩\u200d👧 family (cloudflare), id 00000010-0000-4000-8000-00000000cloudflare: version 5 of Cloudflare's provider does not know its type.
#   config.attributes = ["👩\u200d👩\u200d👧 family","👩\u200d👩\u200d👧 family"]
#   config.client_id = "👩\u200d👩\u200d👧 family"
#   config.client_secret: a secret
#   config.issuer_url = "👩\u200d👩\u200d👧 family"
#   config."x_👩\u200d👩\u200d👧 family" = "👩\u200d👩\u200d👧 family"
#   scim_config.enabled = true
#   scim_config.identity_update_behavior = "👩\u200d👩\u200d👧 family"

variable "family_2_client_secret" {
  description = "Identity provider 👩\\u200d👩\\u200d👧 family (oidc): client secret. the provider's admin console > the application for Cloudflare Access."
  type        = string
  sensitive   = true
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config.attributes = ["👩\u200d👩\u200d👧 family","👩\u200d👩\u200d👧 family"]
#   config.issuer_url = "👩\u200d👩\u200d👧 family"
#   config."x_👩\u200d👩\u200d👧 family" = "👩\u200d👩\u200d👧 family"
resource "cloudflare_zero_trust_access_identity_provider" "family_2" {
  account_id = var.account_id
  name       = "👩\u200d👩\u200d👧 family"
  type       = "oidc"
  config = {
    client_id     = "👩\u200d👩\u200d👧 family"
    client_secret = var.family_2_client_secret
  }
  scim_config = {
    enabled                  = true
    identity_update_behavior = "👩\u200d👩\u200d👧 family"
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.family_2
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000010-0000-4000-8000-00000000oidc"
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config.x_ = ""
resource "cloudflare_zero_trust_access_identity_provider" "saml_3" {
  account_id = var.account_id
  name       = ""
  type       = "saml"
  config = {
    attributes = ["", ""]
    client_id  = ""
    issuer_url = ""
  }
  scim_config = {
    enabled                  = true
    identity_update_behavior = ""
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.saml_3
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000011-0000-4000-8000-00000000saml"
}

# Left out: (no name) (cloudflare), id 00000011-0000-4000-8000-00000000cloudflare: version 5 of Cloudflare's provider does not know its type.
#   config.attributes = ["",""]
#   config.client_id = ""
#   config.issuer_url = ""
#   config.x_ = ""
#   scim_config.enabled = true
#   scim_config.identity_update_behavior = ""

variable "oidc_3_client_secret" {
  description = "Identity provider (no name) (oidc): client secret. the provider's admin console > the application for Cloudflare Access."
  type        = string
  sensitive   = true
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config.attributes = ["",""]
#   config.issuer_url = ""
#   config.x_ = ""
resource "cloudflare_zero_trust_access_identity_provider" "oidc_3" {
  account_id = var.account_id
  name       = ""
  type       = "oidc"
  config = {
    client_id     = ""
    client_secret = var.oidc_3_client_secret
  }
  scim_config = {
    enabled                  = true
    identity_update_behavior = ""
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.oidc_3
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000011-0000-4000-8000-00000000oidc"
}

variable "quoted_b_amp_b_x1b_client_secret" {
  description = "Identity provider \"quoted\" <b>&amp;</b> \\x1b (saml): client_secret."
  type        = string
  sensitive   = true
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config."x_\"quoted\" <b>&amp;</b> \\x1b" = "\"quoted\" \u003cb\u003e\u0026amp;\u003c/b\u003e \\x1b"
resource "cloudflare_zero_trust_access_identity_provider" "quoted_b_amp_b_x1b" {
  account_id = var.account_id
  name       = "\"quoted\" <b>&amp;</b> \\x1b"
  type       = "saml"
  config = {
    attributes    = ["\"quoted\" <b>&amp;</b> \\x1b", "\"quoted\" <b>&amp;</b> \\x1b"]
    client_id     = "\"quoted\" <b>&amp;</b> \\x1b"
    client_secret = var.quoted_b_amp_b_x1b_client_secret
    issuer_url    = "\"quoted\" <b>&amp;</b> \\x1b"
  }
  scim_config = {
    enabled                  = true
    identity_update_behavior = "\"quoted\" <b>&amp;</b> \\x1b"
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.quoted_b_amp_b_x1b
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000012-0000-4000-8000-00000000saml"
}

# Left out: "quoted" <b>&amp;</b> \x1b (cloudflare), id 00000012-0000-4000-8000-00000000cloudflare: version 5 of Cloudflare's provider does not know its type.
#   config.attributes = ["\"quoted\" \u003cb\u003e\u0026amp;\u003c/b\u003e \\x1b","\"quoted\" \u003cb\u003e\u0026amp;\u003c/b\u003e \\x1b"]
#   config.client_id = "\"quoted\" \u003cb\u003e\u0026amp;\u003c/b\u003e \\x1b"
#   config.client_secret: a secret
#   config.issuer_url = "\"quoted\" \u003cb\u003e\u0026amp;\u003c/b\u003e \\x1b"
#   config."x_\"quoted\" <b>&amp;</b> \\x1b" = "\"quoted\" \u003cb\u003e\u0026amp;\u003c/b\u003e \\x1b"
#   scim_config.enabled = true
#   scim_config.identity_update_behavior = "\"quoted\" \u003cb\u003e\u0026amp;\u003c/b\u003e \\x1b"

variable "quoted_b_amp_b_x1b_2_client_secret" {
  description = "Identity provider \"quoted\" <b>&amp;</b> \\x1b (oidc): client secret. the provider's admin console > the application for Cloudflare Access."
  type        = string
  sensitive   = true
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config.attributes = ["\"quoted\" \u003cb\u003e\u0026amp;\u003c/b\u003e \\x1b","\"quoted\" \u003cb\u003e\u0026amp;\u003c/b\u003e \\x1b"]
#   config.issuer_url = "\"quoted\" \u003cb\u003e\u0026amp;\u003c/b\u003e \\x1b"
#   config."x_\"quoted\" <b>&amp;</b> \\x1b" = "\"quoted\" \u003cb\u003e\u0026amp;\u003c/b\u003e \\x1b"
resource "cloudflare_zero_trust_access_identity_provider" "quoted_b_amp_b_x1b_2" {
  account_id = var.account_id
  name       = "\"quoted\" <b>&amp;</b> \\x1b"
  type       = "oidc"
  config = {
    client_id     = "\"quoted\" <b>&amp;</b> \\x1b"
    client_secret = var.quoted_b_amp_b_x1b_2_client_secret
  }
  scim_config = {
    enabled                  = true
    identity_update_behavior = "\"quoted\" <b>&amp;</b> \\x1b"
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.quoted_b_amp_b_x1b_2
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000012-0000-4000-8000-00000000oidc"
}

variable "script_alert_1_script_client_secret" {
  description = "Identity provider <script>alert(1)</script> (saml): client_secret."
  type        = string
  sensitive   = true
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config."x_<script>alert(1)</script>" = "\u003cscript\u003ealert(1)\u003c/script\u003e"
resource "cloudflare_zero_trust_access_identity_provider" "script_alert_1_script" {
  account_id = var.account_id
  name       = "<script>alert(1)</script>"
  type       = "saml"
  config = {
    attributes    = ["<script>alert(1)</script>", "<script>alert(1)</script>"]
    client_id     = "<script>alert(1)</script>"
    client_secret = var.script_alert_1_script_client_secret
    issuer_url    = "<script>alert(1)</script>"
  }
  scim_config = {
    enabled                  = true
    identity_update_behavior = "<script>alert(1)</script>"
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.script_alert_1_script
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000013-0000-4000-8000-00000000saml"
}

# Left out: <script>alert(1)</script> (cloudflare), id 00000013-0000-4000-8000-00000000cloudflare: version 5 of Cloudflare's provider does not know its type.
#   config.attributes = ["\u003cscript\u003ealert(1)\u003c/script\u003e","\u003cscript\u003ealert(1)\u003c/script\u003e"]
#   config.client_id = "\u003cscript\u003ealert(1)\u003c/script\u003e"
#   config.client_secret: a secret
#   config.issuer_url = "\u003cscript\u003ealert(1)\u003c/script\u003e"
#   config."x_<script>alert(1)</script>" = "\u003cscript\u003ealert(1)\u003c/script\u003e"
#   scim_config.enabled = true
#   scim_config.identity_update_behavior = "\u003cscript\u003ealert(1)\u003c/script\u003e"

variable "script_alert_1_script_2_client_secret" {
  description = "Identity provider <script>alert(1)</script> (oidc): client secret. the provider's admin console > the application for Cloudflare Access."
  type        = string
  sensitive   = true
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config.attributes = ["\u003cscript\u003ealert(1)\u003c/script\u003e","\u003cscript\u003ealert(1)\u003c/script\u003e"]
#   config.issuer_url = "\u003cscript\u003ealert(1)\u003c/script\u003e"
#   config."x_<script>alert(1)</script>" = "\u003cscript\u003ealert(1)\u003c/script\u003e"
resource "cloudflare_zero_trust_access_identity_provider" "script_alert_1_script_2" {
  account_id = var.account_id
  name       = "<script>alert(1)</script>"
  type       = "oidc"
  config = {
    client_id     = "<script>alert(1)</script>"
    client_secret = var.script_alert_1_script_2_client_secret
  }
  scim_config = {
    enabled                  = true
    identity_update_behavior = "<script>alert(1)</script>"
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.script_alert_1_script_2
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000013-0000-4000-8000-00000000oidc"
}

variable "img_src_x_onerror_alert_1_client_secret" {
  description = "Identity provider \"><img src=x onerror=alert(1)> (saml): client_secret."
  type        = string
  sensitive   = true
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config."x_\"><img src=x onerror=alert(1)>" = "\"\u003e\u003cimg src=x onerror=alert(1)\u003e"
resource "cloudflare_zero_trust_access_identity_provider" "img_src_x_onerror_alert_1" {
  account_id = var.account_id
  name       = "\"><img src=x onerror=alert(1)>"
  type       = "saml"
  config = {
    attributes    = ["\"><img src=x onerror=alert(1)>", "\"><img src=x onerror=alert(1)>"]
    client_id     = "\"><img src=x onerror=alert(1)>"
    client_secret = var.img_src_x_onerror_alert_1_client_secret
    issuer_url    = "\"><img src=x onerror=alert(1)>"
  }
  scim_config = {
    enabled                  = true
    identity_update_behavior = "\"><img src=x onerror=alert(1)>"
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.img_src_x_onerror_alert_1
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000014-0000-4000-8000-00000000saml"
}

# Left out: "><img src=x onerror=alert(1)> (cloudflare), id 00000014-0000-4000-8000-00000000cloudflare: version 5 of Cloudflare's provider does not know its type.
#   config.attributes = ["\"\u003e\u003cimg src=x onerror=alert(1)\u003e","\"\u003e\u003cimg src=x onerror=alert(1)\u003e"]
#   config.client_id = "\"\u003e\u003cimg src=x onerror=alert(1)\u003e"
#   config.client_secret: a secret
#   config.issuer_url = "\"\u003e\u003cimg src=x onerror=alert(1)\u003e"
#   config."x_\"><img src=x onerror=alert(1)>" = "\"\u003e\u003cimg src=x onerror=alert(1)\u003e"
#   scim_config.enabled = true
#   scim_config.identity_update_behavior = "\"\u003e\u003cimg src=x onerror=alert(1)\u003e"

variable "img_src_x_onerror_alert_1_2_client_secret" {
  description = "Identity provider \"><img src=x onerror=alert(1)> (oidc): client secret. the provider's admin console > the application for Cloudflare Access."
  type        = string
  sensitive   = true
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config.attributes = ["\"\u003e\u003cimg src=x onerror=alert(1)\u003e","\"\u003e\u003cimg src=x onerror=alert(1)\u003e"]
#   config.issuer_url = "\"\u003e\u003cimg src=x onerror=alert(1)\u003e"
#   config."x_\"><img src=x onerror=alert(1)>" = "\"\u003e\u003cimg src=x onerror=alert(1)\u003e"
resource "cloudflare_zero_trust_access_identity_provider" "img_src_x_onerror_alert_1_2" {
  account_id = var.account_id
  name       = "\"><img src=x onerror=alert(1)>"
  type       = "oidc"
  config = {
    client_id     = "\"><img src=x onerror=alert(1)>"
    client_secret = var.img_src_x_onerror_alert_1_2_client_secret
  }
  scim_config = {
    enabled                  = true
    identity_update_behavior = "\"><img src=x onerror=alert(1)>"
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.img_src_x_onerror_alert_1_2
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000014-0000-4000-8000-00000000oidc"
}

variable "onmouseover_x_client_secret" {
  description = "Identity provider ' onmouseover='x (saml): client_secret."
  type        = string
  sensitive   = true
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config."x_' onmouseover='x" = "' onmouseover='x"
resource "cloudflare_zero_trust_access_identity_provider" "onmouseover_x" {
  account_id = var.account_id
  name       = "' onmouseover='x"
  type       = "saml"
  config = {
    attributes    = ["' onmouseover='x", "' onmouseover='x"]
    client_id     = "' onmouseover='x"
    client_secret = var.onmouseover_x_client_secret
    issuer_url    = "' onmouseover='x"
  }
  scim_config = {
    enabled                  = true
    identity_update_behavior = "' onmouseover='x"
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.onmouseover_x
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000015-0000-4000-8000-00000000saml"
}

# Left out: ' onmouseover='x (cloudflare), id 00000015-0000-4000-8000-00000000cloudflare: version 5 of Cloudflare's provider does not know its type.
#   config.attributes = ["' onmouseover='x","' onmouseover='x"]
#   config.client_id = "' onmouseover='x"
#   config.client_secret: a secret
#   config.issuer_url = "' onmouseover='x"
#   config."x_' onmouseover='x" = "' onmouseover='x"
#   scim_config.enabled = true
#   scim_config.identity_update_behavior = "' onmouseover='x"

variable "onmouseover_x_2_client_secret" {
  description = "Identity provider ' onmouseover='x (oidc): client secret. the provider's admin console > the application for Cloudflare Access."
  type        = string
  sensitive   = true
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config.attributes = ["' onmouseover='x","' onmouseover='x"]
#   config.issuer_url = "' onmouseover='x"
#   config."x_' onmouseover='x" = "' onmouseover='x"
resource "cloudflare_zero_trust_access_identity_provider" "onmouseover_x_2" {
  account_id = var.account_id
  name       = "' onmouseover='x"
  type       = "oidc"
  config = {
    client_id     = "' onmouseover='x"
    client_secret = var.onmouseover_x_2_client_secret
  }
  scim_config = {
    enabled                  = true
    identity_update_behavior = "' onmouseover='x"
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.onmouseover_x_2
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000015-0000-4000-8000-00000000oidc"
}

variable "title_style_b_client_secret" {
  description = "Identity provider </title></style><b> (saml): client_secret."
  type        = string
  sensitive   = true
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config."x_</title></style><b>" = "\u003c/title\u003e\u003c/style\u003e\u003cb\u003e"
resource "cloudflare_zero_trust_access_identity_provider" "title_style_b" {
  account_id = var.account_id
  name       = "</title></style><b>"
  type       = "saml"
  config = {
    attributes    = ["</title></style><b>", "</title></style><b>"]
    client_id     = "</title></style><b>"
    client_secret = var.title_style_b_client_secret
    issuer_url    = "</title></style><b>"
  }
  scim_config = {
    enabled                  = true
    identity_update_behavior = "</title></style><b>"
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.title_style_b
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000016-0000-4000-8000-00000000saml"
}

# Left out: </title></style><b> (cloudflare), id 00000016-0000-4000-8000-00000000cloudflare: version 5 of Cloudflare's provider does not know its type.
#   config.attributes = ["\u003c/title\u003e\u003c/style\u003e\u003cb\u003e","\u003c/title\u003e\u003c/style\u003e\u003cb\u003e"]
#   config.client_id = "\u003c/title\u003e\u003c/style\u003e\u003cb\u003e"
#   config.client_secret: a secret
#   config.issuer_url = "\u003c/title\u003e\u003c/style\u003e\u003cb\u003e"
#   config."x_</title></style><b>" = "\u003c/title\u003e\u003c/style\u003e\u003cb\u003e"
#   scim_config.enabled = true
#   scim_config.identity_update_behavior = "\u003c/title\u003e\u003c/style\u003e\u003cb\u003e"

variable "title_style_b_2_client_secret" {
  description = "Identity provider </title></style><b> (oidc): client secret. the provider's admin console > the application for Cloudflare Access."
  type        = string
  sensitive   = true
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config.attributes = ["\u003c/title\u003e\u003c/style\u003e\u003cb\u003e","\u003c/title\u003e\u003c/style\u003e\u003cb\u003e"]
#   config.issuer_url = "\u003c/title\u003e\u003c/style\u003e\u003cb\u003e"
#   config."x_</title></style><b>" = "\u003c/title\u003e\u003c/style\u003e\u003cb\u003e"
resource "cloudflare_zero_trust_access_identity_provider" "title_style_b_2" {
  account_id = var.account_id
  name       = "</title></style><b>"
  type       = "oidc"
  config = {
    client_id     = "</title></style><b>"
    client_secret = var.title_style_b_2_client_secret
  }
  scim_config = {
    enabled                  = true
    identity_update_behavior = "</title></style><b>"
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.title_style_b_2
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000016-0000-4000-8000-00000000oidc"
}

variable "a_b_c_d_client_secret" {
  description = "Identity provider a|b`c``d (saml): client_secret."
  type        = string
  sensitive   = true
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config."x_a|b`c``d" = "a|b`c``d"
resource "cloudflare_zero_trust_access_identity_provider" "a_b_c_d" {
  account_id = var.account_id
  name       = "a|b`c``d"
  type       = "saml"
  config = {
    attributes    = ["a|b`c``d", "a|b`c``d"]
    client_id     = "a|b`c``d"
    client_secret = var.a_b_c_d_client_secret
    issuer_url    = "a|b`c``d"
  }
  scim_config = {
    enabled                  = true
    identity_update_behavior = "a|b`c``d"
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.a_b_c_d
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000017-0000-4000-8000-00000000saml"
}

# Left out: a|b`c``d (cloudflare), id 00000017-0000-4000-8000-00000000cloudflare: version 5 of Cloudflare's provider does not know its type.
#   config.attributes = ["a|b`c``d","a|b`c``d"]
#   config.client_id = "a|b`c``d"
#   config.client_secret: a secret
#   config.issuer_url = "a|b`c``d"
#   config."x_a|b`c``d" = "a|b`c``d"
#   scim_config.enabled = true
#   scim_config.identity_update_behavior = "a|b`c``d"

variable "a_b_c_d_2_client_secret" {
  description = "Identity provider a|b`c``d (oidc): client secret. the provider's admin console > the application for Cloudflare Access."
  type        = string
  sensitive   = true
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config.attributes = ["a|b`c``d","a|b`c``d"]
#   config.issuer_url = "a|b`c``d"
#   config."x_a|b`c``d" = "a|b`c``d"
resource "cloudflare_zero_trust_access_identity_provider" "a_b_c_d_2" {
  account_id = var.account_id
  name       = "a|b`c``d"
  type       = "oidc"
  config = {
    client_id     = "a|b`c``d"
    client_secret = var.a_b_c_d_2_client_secret
  }
  scim_config = {
    enabled                  = true
    identity_update_behavior = "a|b`c``d"
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.a_b_c_d_2
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000017-0000-4000-8000-00000000oidc"
}

variable "saml_4_client_secret" {
  description = "Identity provider ` (saml): client_secret."
  type        = string
  sensitive   = true
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config."x_`" = "`"
resource "cloudflare_zero_trust_access_identity_provider" "saml_4" {
  account_id = var.account_id
  name       = "`"
  type       = "saml"
  config = {
    attributes    = ["`", "`"]
    client_id     = "`"
    client_secret = var.saml_4_client_secret
    issuer_url    = "`"
  }
  scim_config = {
    enabled                  = true
    identity_update_behavior = "`"
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.saml_4
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000018-0000-4000-8000-00000000saml"
}

# Left out: ` (cloudflare), id 00000018-0000-4000-8000-00000000cloudflare: version 5 of Cloudflare's provider does not know its type.
#   config.attributes = ["`","`"]
#   config.client_id = "`"
#   config.client_secret: a secret
#   config.issuer_url = "`"
#   config."x_`" = "`"
#   scim_config.enabled = true
#   scim_config.identity_update_behavior = "`"

variable "oidc_4_client_secret" {
  description = "Identity provider ` (oidc): client secret. the provider's admin console > the application for Cloudflare Access."
  type        = string
  sensitive   = true
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config.attributes = ["`","`"]
#   config.issuer_url = "`"
#   config."x_`" = "`"
resource "cloudflare_zero_trust_access_identity_provider" "oidc_4" {
  account_id = var.account_id
  name       = "`"
  type       = "oidc"
  config = {
    client_id     = "`"
    client_secret = var.oidc_4_client_secret
  }
  scim_config = {
    enabled                  = true
    identity_update_behavior = "`"
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.oidc_4
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000018-0000-4000-8000-00000000oidc"
}

variable "x_client_secret" {
  description = "Identity provider ``` x (saml): client_secret."
  type        = string
  sensitive   = true
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config."x_``` x" = "``` x"
resource "cloudflare_zero_trust_access_identity_provider" "x" {
  account_id = var.account_id
  name       = "``` x"
  type       = "saml"
  config = {
    attributes    = ["``` x", "``` x"]
    client_id     = "``` x"
    client_secret = var.x_client_secret
    issuer_url    = "``` x"
  }
  scim_config = {
    enabled                  = true
    identity_update_behavior = "``` x"
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.x
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000019-0000-4000-8000-00000000saml"
}

# Left out: ``` x (cloudflare), id 00000019-0000-4000-8000-00000000cloudflare: version 5 of Cloudflare's provider does not know its type.
#   config.attributes = ["``` x","``` x"]
#   config.client_id = "``` x"
#   config.client_secret: a secret
#   config.issuer_url = "``` x"
#   config."x_``` x" = "``` x"
#   scim_config.enabled = true
#   scim_config.identity_update_behavior = "``` x"

variable "x_2_client_secret" {
  description = "Identity provider ``` x (oidc): client secret. the provider's admin console > the application for Cloudflare Access."
  type        = string
  sensitive   = true
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config.attributes = ["``` x","``` x"]
#   config.issuer_url = "``` x"
#   config."x_``` x" = "``` x"
resource "cloudflare_zero_trust_access_identity_provider" "x_2" {
  account_id = var.account_id
  name       = "``` x"
  type       = "oidc"
  config = {
    client_id     = "``` x"
    client_secret = var.x_2_client_secret
  }
  scim_config = {
    enabled                  = true
    identity_update_behavior = "``` x"
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.x_2
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000019-0000-4000-8000-00000000oidc"
}

variable "back_slash_client_secret" {
  description = "Identity provider back\\|slash\\ (saml): client_secret."
  type        = string
  sensitive   = true
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config."x_back\\|slash\\" = "back\\|slash\\"
resource "cloudflare_zero_trust_access_identity_provider" "back_slash" {
  account_id = var.account_id
  name       = "back\\|slash\\"
  type       = "saml"
  config = {
    attributes    = ["back\\|slash\\", "back\\|slash\\"]
    client_id     = "back\\|slash\\"
    client_secret = var.back_slash_client_secret
    issuer_url    = "back\\|slash\\"
  }
  scim_config = {
    enabled                  = true
    identity_update_behavior = "back\\|slash\\"
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.back_slash
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000020-0000-4000-8000-00000000saml"
}

# Left out: back\|slash\ (cloudflare), id 00000020-0000-4000-8000-00000000cloudflare: version 5 of Cloudflare's provider does not know its type.
#   config.attributes = ["back\\|slash\\","back\\|slash\\"]
#   config.client_id = "back\\|slash\\"
#   config.client_secret: a secret
#   config.issuer_url = "back\\|slash\\"
#   config."x_back\\|slash\\" = "back\\|slash\\"
#   scim_config.enabled = true
#   scim_config.identity_update_behavior = "back\\|slash\\"

variable "back_slash_2_client_secret" {
  description = "Identity provider back\\|slash\\ (oidc): client secret. the provider's admin console > the application for Cloudflare Access."
  type        = string
  sensitive   = true
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config.attributes = ["back\\|slash\\","back\\|slash\\"]
#   config.issuer_url = "back\\|slash\\"
#   config."x_back\\|slash\\" = "back\\|slash\\"
resource "cloudflare_zero_trust_access_identity_provider" "back_slash_2" {
  account_id = var.account_id
  name       = "back\\|slash\\"
  type       = "oidc"
  config = {
    client_id     = "back\\|slash\\"
    client_secret = var.back_slash_2_client_secret
  }
  scim_config = {
    enabled                  = true
    identity_update_behavior = "back\\|slash\\"
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.back_slash_2
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000020-0000-4000-8000-00000000oidc"
}

variable "link_https_evil_example_i_x_client_secret" {
  description = "Identity provider [link](https://evil.example) ![i](x) (saml): client_secret."
  type        = string
  sensitive   = true
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config."x_[link](https://evil.example) ![i](x)" = "[link](https://evil.example) ![i](x)"
resource "cloudflare_zero_trust_access_identity_provider" "link_https_evil_example_i_x" {
  account_id = var.account_id
  name       = "[link](https://evil.example) ![i](x)"
  type       = "saml"
  config = {
    attributes    = ["[link](https://evil.example) ![i](x)", "[link](https://evil.example) ![i](x)"]
    client_id     = "[link](https://evil.example) ![i](x)"
    client_secret = var.link_https_evil_example_i_x_client_secret
    issuer_url    = "[link](https://evil.example) ![i](x)"
  }
  scim_config = {
    enabled                  = true
    identity_update_behavior = "[link](https://evil.example) ![i](x)"
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.link_https_evil_example_i_x
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000021-0000-4000-8000-00000000saml"
}

# Left out: [link](https://evil.example) ![i](x) (cloudflare), id 00000021-0000-4000-8000-00000000cloudflare: version 5 of Cloudflare's provider does not know its type.
#   config.attributes = ["[link](https://evil.example) ![i](x)","[link](https://evil.example) ![i](x)"]
#   config.client_id = "[link](https://evil.example) ![i](x)"
#   config.client_secret: a secret
#   config.issuer_url = "[link](https://evil.example) ![i](x)"
#   config."x_[link](https://evil.example) ![i](x)" = "[link](https://evil.example) ![i](x)"
#   scim_config.enabled = true
#   scim_config.identity_update_behavior = "[link](https://evil.example) ![i](x)"

variable "link_https_evil_example_i_x_2_client_secret" {
  description = "Identity provider [link](https://evil.example) ![i](x) (oidc): client secret. the provider's admin console > the application for Cloudflare Access."
  type        = string
  sensitive   = true
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config.attributes = ["[link](https://evil.example) ![i](x)","[link](https://evil.example) ![i](x)"]
#   config.issuer_url = "[link](https://evil.example) ![i](x)"
#   config."x_[link](https://evil.example) ![i](x)" = "[link](https://evil.example) ![i](x)"
resource "cloudflare_zero_trust_access_identity_provider" "link_https_evil_example_i_x_2" {
  account_id = var.account_id
  name       = "[link](https://evil.example) ![i](x)"
  type       = "oidc"
  config = {
    client_id     = "[link](https://evil.example) ![i](x)"
    client_secret = var.link_https_evil_example_i_x_2_client_secret
  }
  scim_config = {
    enabled                  = true
    identity_update_behavior = "[link](https://evil.example) ![i](x)"
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.link_https_evil_example_i_x_2
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000021-0000-4000-8000-00000000oidc"
}

variable "bold_it_no_client_secret" {
  description = "Identity provider **bold** _it_ ~~no~~ (saml): client_secret."
  type        = string
  sensitive   = true
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config."x_**bold** _it_ ~~no~~" = "**bold** _it_ ~~no~~"
resource "cloudflare_zero_trust_access_identity_provider" "bold_it_no" {
  account_id = var.account_id
  name       = "**bold** _it_ ~~no~~"
  type       = "saml"
  config = {
    attributes    = ["**bold** _it_ ~~no~~", "**bold** _it_ ~~no~~"]
    client_id     = "**bold** _it_ ~~no~~"
    client_secret = var.bold_it_no_client_secret
    issuer_url    = "**bold** _it_ ~~no~~"
  }
  scim_config = {
    enabled                  = true
    identity_update_behavior = "**bold** _it_ ~~no~~"
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.bold_it_no
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000022-0000-4000-8000-00000000saml"
}

# Left out: **bold** _it_ ~~no~~ (cloudflare), id 00000022-0000-4000-8000-00000000cloudflare: version 5 of Cloudflare's provider does not know its type.
#   config.attributes = ["**bold** _it_ ~~no~~","**bold** _it_ ~~no~~"]
#   config.client_id = "**bold** _it_ ~~no~~"
#   config.client_secret: a secret
#   config.issuer_url = "**bold** _it_ ~~no~~"
#   config."x_**bold** _it_ ~~no~~" = "**bold** _it_ ~~no~~"
#   scim_config.enabled = true
#   scim_config.identity_update_behavior = "**bold** _it_ ~~no~~"

variable "bold_it_no_2_client_secret" {
  description = "Identity provider **bold** _it_ ~~no~~ (oidc): client secret. the provider's admin console > the application for Cloudflare Access."
  type        = string
  sensitive   = true
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config.attributes = ["**bold** _it_ ~~no~~","**bold** _it_ ~~no~~"]
#   config.issuer_url = "**bold** _it_ ~~no~~"
#   config."x_**bold** _it_ ~~no~~" = "**bold** _it_ ~~no~~"
resource "cloudflare_zero_trust_access_identity_provider" "bold_it_no_2" {
  account_id = var.account_id
  name       = "**bold** _it_ ~~no~~"
  type       = "oidc"
  config = {
    client_id     = "**bold** _it_ ~~no~~"
    client_secret = var.bold_it_no_2_client_secret
  }
  scim_config = {
    enabled                  = true
    identity_update_behavior = "**bold** _it_ ~~no~~"
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.bold_it_no_2
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000022-0000-4000-8000-00000000oidc"
}

variable "octocat_123_gh_12_client_secret" {
  description = "Identity provider @octocat #123 GH-12 (saml): client_secret."
  type        = string
  sensitive   = true
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config."x_@octocat #123 GH-12" = "@octocat #123 GH-12"
resource "cloudflare_zero_trust_access_identity_provider" "octocat_123_gh_12" {
  account_id = var.account_id
  name       = "@octocat #123 GH-12"
  type       = "saml"
  config = {
    attributes    = ["@octocat #123 GH-12", "@octocat #123 GH-12"]
    client_id     = "@octocat #123 GH-12"
    client_secret = var.octocat_123_gh_12_client_secret
    issuer_url    = "@octocat #123 GH-12"
  }
  scim_config = {
    enabled                  = true
    identity_update_behavior = "@octocat #123 GH-12"
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.octocat_123_gh_12
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000023-0000-4000-8000-00000000saml"
}

# Left out: @octocat #123 GH-12 (cloudflare), id 00000023-0000-4000-8000-00000000cloudflare: version 5 of Cloudflare's provider does not know its type.
#   config.attributes = ["@octocat #123 GH-12","@octocat #123 GH-12"]
#   config.client_id = "@octocat #123 GH-12"
#   config.client_secret: a secret
#   config.issuer_url = "@octocat #123 GH-12"
#   config."x_@octocat #123 GH-12" = "@octocat #123 GH-12"
#   scim_config.enabled = true
#   scim_config.identity_update_behavior = "@octocat #123 GH-12"

variable "octocat_123_gh_12_2_client_secret" {
  description = "Identity provider @octocat #123 GH-12 (oidc): client secret. the provider's admin console > the application for Cloudflare Access."
  type        = string
  sensitive   = true
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config.attributes = ["@octocat #123 GH-12","@octocat #123 GH-12"]
#   config.issuer_url = "@octocat #123 GH-12"
#   config."x_@octocat #123 GH-12" = "@octocat #123 GH-12"
resource "cloudflare_zero_trust_access_identity_provider" "octocat_123_gh_12_2" {
  account_id = var.account_id
  name       = "@octocat #123 GH-12"
  type       = "oidc"
  config = {
    client_id     = "@octocat #123 GH-12"
    client_secret = var.octocat_123_gh_12_2_client_secret
  }
  scim_config = {
    enabled                  = true
    identity_update_behavior = "@octocat #123 GH-12"
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.octocat_123_gh_12_2
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000023-0000-4000-8000-00000000oidc"
}

variable "https_evil_example_client_secret" {
  description = "Identity provider https://evil.example (saml): client_secret."
  type        = string
  sensitive   = true
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config."x_https://evil.example" = "https://evil.example"
resource "cloudflare_zero_trust_access_identity_provider" "https_evil_example" {
  account_id = var.account_id
  name       = "https://evil.example"
  type       = "saml"
  config = {
    attributes    = ["https://evil.example", "https://evil.example"]
    client_id     = "https://evil.example"
    client_secret = var.https_evil_example_client_secret
    issuer_url    = "https://evil.example"
  }
  scim_config = {
    enabled                  = true
    identity_update_behavior = "https://evil.example"
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.https_evil_example
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000024-0000-4000-8000-00000000saml"
}

# Left out: https://evil.example (cloudflare), id 00000024-0000-4000-8000-00000000cloudflare: version 5 of Cloudflare's provider does not know its type.
#   config.attributes = ["https://evil.example","https://evil.example"]
#   config.client_id = "https://evil.example"
#   config.client_secret: a secret
#   config.issuer_url = "https://evil.example"
#   config."x_https://evil.example" = "https://evil.example"
#   scim_config.enabled = true
#   scim_config.identity_update_behavior = "https://evil.example"

variable "https_evil_example_2_client_secret" {
  description = "Identity provider https://evil.example (oidc): client secret. the provider's admin console > the application for Cloudflare Access."
  type        = string
  sensitive   = true
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config.attributes = ["https://evil.example","https://evil.example"]
#   config.issuer_url = "https://evil.example"
#   config."x_https://evil.example" = "https://evil.example"
resource "cloudflare_zero_trust_access_identity_provider" "https_evil_example_2" {
  account_id = var.account_id
  name       = "https://evil.example"
  type       = "oidc"
  config = {
    client_id     = "https://evil.example"
    client_secret = var.https_evil_example_2_client_secret
  }
  scim_config = {
    enabled                  = true
    identity_update_behavior = "https://evil.example"
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.https_evil_example_2
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000024-0000-4000-8000-00000000oidc"
}

variable "heading_client_secret" {
  description = "Identity provider # heading (saml): client_secret."
  type        = string
  sensitive   = true
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config."x_# heading" = "# heading"
resource "cloudflare_zero_trust_access_identity_provider" "heading" {
  account_id = var.account_id
  name       = "# heading"
  type       = "saml"
  config = {
    attributes    = ["# heading", "# heading"]
    client_id     = "# heading"
    client_secret = var.heading_client_secret
    issuer_url    = "# heading"
  }
  scim_config = {
    enabled                  = true
    identity_update_behavior = "# heading"
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.heading
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000025-0000-4000-8000-00000000saml"
}

# Left out: # heading (cloudflare), id 00000025-0000-4000-8000-00000000cloudflare: version 5 of Cloudflare's provider does not know its type.
#   config.attributes = ["# heading","# heading"]
#   config.client_id = "# heading"
#   config.client_secret: a secret
#   config.issuer_url = "# heading"
#   config."x_# heading" = "# heading"
#   scim_config.enabled = true
#   scim_config.identity_update_behavior = "# heading"

variable "heading_2_client_secret" {
  description = "Identity provider # heading (oidc): client secret. the provider's admin console > the application for Cloudflare Access."
  type        = string
  sensitive   = true
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config.attributes = ["# heading","# heading"]
#   config.issuer_url = "# heading"
#   config."x_# heading" = "# heading"
resource "cloudflare_zero_trust_access_identity_provider" "heading_2" {
  account_id = var.account_id
  name       = "# heading"
  type       = "oidc"
  config = {
    client_id     = "# heading"
    client_secret = var.heading_2_client_secret
  }
  scim_config = {
    enabled                  = true
    identity_update_behavior = "# heading"
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.heading_2
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000025-0000-4000-8000-00000000oidc"
}

variable "lt_amp_124_client_secret" {
  description = "Identity provider &lt;amp&#124; (saml): client_secret."
  type        = string
  sensitive   = true
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config."x_&lt;amp&#124;" = "\u0026lt;amp\u0026#124;"
resource "cloudflare_zero_trust_access_identity_provider" "lt_amp_124" {
  account_id = var.account_id
  name       = "&lt;amp&#124;"
  type       = "saml"
  config = {
    attributes    = ["&lt;amp&#124;", "&lt;amp&#124;"]
    client_id     = "&lt;amp&#124;"
    client_secret = var.lt_amp_124_client_secret
    issuer_url    = "&lt;amp&#124;"
  }
  scim_config = {
    enabled                  = true
    identity_update_behavior = "&lt;amp&#124;"
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.lt_amp_124
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000026-0000-4000-8000-00000000saml"
}

# Left out: &lt;amp&#124; (cloudflare), id 00000026-0000-4000-8000-00000000cloudflare: version 5 of Cloudflare's provider does not know its type.
#   config.attributes = ["\u0026lt;amp\u0026#124;","\u0026lt;amp\u0026#124;"]
#   config.client_id = "\u0026lt;amp\u0026#124;"
#   config.client_secret: a secret
#   config.issuer_url = "\u0026lt;amp\u0026#124;"
#   config."x_&lt;amp&#124;" = "\u0026lt;amp\u0026#124;"
#   scim_config.enabled = true
#   scim_config.identity_update_behavior = "\u0026lt;amp\u0026#124;"

variable "lt_amp_124_2_client_secret" {
  description = "Identity provider &lt;amp&#124; (oidc): client secret. the provider's admin console > the application for Cloudflare Access."
  type        = string
  sensitive   = true
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config.attributes = ["\u0026lt;amp\u0026#124;","\u0026lt;amp\u0026#124;"]
#   config.issuer_url = "\u0026lt;amp\u0026#124;"
#   config."x_&lt;amp&#124;" = "\u0026lt;amp\u0026#124;"
resource "cloudflare_zero_trust_access_identity_provider" "lt_amp_124_2" {
  account_id = var.account_id
  name       = "&lt;amp&#124;"
  type       = "oidc"
  config = {
    client_id     = "&lt;amp&#124;"
    client_secret = var.lt_amp_124_2_client_secret
  }
  scim_config = {
    enabled                  = true
    identity_update_behavior = "&lt;amp&#124;"
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.lt_amp_124_2
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000026-0000-4000-8000-00000000oidc"
}

variable "saml_5_client_secret" {
  description = "Identity provider {{.}} (saml): client_secret."
  type        = string
  sensitive   = true
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config."x_{{.}}" = "{{.}}"
resource "cloudflare_zero_trust_access_identity_provider" "saml_5" {
  account_id = var.account_id
  name       = "{{.}}"
  type       = "saml"
  config = {
    attributes    = ["{{.}}", "{{.}}"]
    client_id     = "{{.}}"
    client_secret = var.saml_5_client_secret
    issuer_url    = "{{.}}"
  }
  scim_config = {
    enabled                  = true
    identity_update_behavior = "{{.}}"
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.saml_5
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000027-0000-4000-8000-00000000saml"
}

# Left out: {{.}} (cloudflare), id 00000027-0000-4000-8000-00000000cloudflare: version 5 of Cloudflare's provider does not know its type.
#   config.attributes = ["{{.}}","{{.}}"]
#   config.client_id = "{{.}}"
#   config.client_secret: a secret
#   config.issuer_url = "{{.}}"
#   config."x_{{.}}" = "{{.}}"
#   scim_config.enabled = true
#   scim_config.identity_update_behavior = "{{.}}"

variable "oidc_5_client_secret" {
  description = "Identity provider {{.}} (oidc): client secret. the provider's admin console > the application for Cloudflare Access."
  type        = string
  sensitive   = true
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config.attributes = ["{{.}}","{{.}}"]
#   config.issuer_url = "{{.}}"
#   config."x_{{.}}" = "{{.}}"
resource "cloudflare_zero_trust_access_identity_provider" "oidc_5" {
  account_id = var.account_id
  name       = "{{.}}"
  type       = "oidc"
  config = {
    client_id     = "{{.}}"
    client_secret = var.oidc_5_client_secret
  }
  scim_config = {
    enabled                  = true
    identity_update_behavior = "{{.}}"
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.oidc_5
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000027-0000-4000-8000-00000000oidc"
}

variable "smile_client_secret" {
  description = "Identity provider :smile: (saml): client_secret."
  type        = string
  sensitive   = true
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config."x_:smile:" = ":smile:"
resource "cloudflare_zero_trust_access_identity_provider" "smile" {
  account_id = var.account_id
  name       = ":smile:"
  type       = "saml"
  config = {
    attributes    = [":smile:", ":smile:"]
    client_id     = ":smile:"
    client_secret = var.smile_client_secret
    issuer_url    = ":smile:"
  }
  scim_config = {
    enabled                  = true
    identity_update_behavior = ":smile:"
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.smile
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000028-0000-4000-8000-00000000saml"
}

# Left out: :smile: (cloudflare), id 00000028-0000-4000-8000-00000000cloudflare: version 5 of Cloudflare's provider does not know its type.
#   config.attributes = [":smile:",":smile:"]
#   config.client_id = ":smile:"
#   config.client_secret: a secret
#   config.issuer_url = ":smile:"
#   config."x_:smile:" = ":smile:"
#   scim_config.enabled = true
#   scim_config.identity_update_behavior = ":smile:"

variable "smile_2_client_secret" {
  description = "Identity provider :smile: (oidc): client secret. the provider's admin console > the application for Cloudflare Access."
  type        = string
  sensitive   = true
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config.attributes = [":smile:",":smile:"]
#   config.issuer_url = ":smile:"
#   config."x_:smile:" = ":smile:"
resource "cloudflare_zero_trust_access_identity_provider" "smile_2" {
  account_id = var.account_id
  name       = ":smile:"
  type       = "oidc"
  config = {
    client_id     = ":smile:"
    client_secret = var.smile_2_client_secret
  }
  scim_config = {
    enabled                  = true
    identity_update_behavior = ":smile:"
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.smile_2
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000028-0000-4000-8000-00000000oidc"
}

variable "saml_6_client_secret" {
  description = "Identity provider ````````````````````````````````````````````````````````````````````````````````````````````````````|``````````````````````````````````````````````````````````````````````````````````````````````````` (saml): client_secret."
  type        = string
  sensitive   = true
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config."x_````````````````````````````````````````````````````````````````````````````````````````````````````|```````````````````````````````````````````````````````````````````````````````````````````````````" = "````````````````````````````````````````````````````````````````````````````````````````````````````|```````````````````````````````````````````````````````````````````````````````````````````````````"
resource "cloudflare_zero_trust_access_identity_provider" "saml_6" {
  account_id = var.account_id
  name       = "````````````````````````````````````````````````````````````````````````````````````````````````````|```````````````````````````````````````````````````````````````````````````````````````````````````"
  type       = "saml"
  config = {
    attributes    = ["````````````````````````````````````````````````````````````````````````````````````````````````````|```````````````````````````````````````````````````````````````````````````````````````````````````", "````````````````````````````````````````````````````````````````````````````````````````````````````|```````````````````````````````````````````````````````````````````````````````````````````````````"]
    client_id     = "````````````````````````````````````````````````````````````````````````````````````````````````````|```````````````````````````````````````````````````````````````````````````````````````````````````"
    client_secret = var.saml_6_client_secret
    issuer_url    = "````````````````````````````````````````````````````````````````````````````````````````````````````|```````````````````````````````````````````````````````````````````````````````````````````````````"
  }
  scim_config = {
    enabled                  = true
    identity_update_behavior = "````````````````````````````````````````````````````````````````````````````````````````````````````|```````````````````````````````````````````````````````````````````````````````````````````````````"
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.saml_6
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000029-0000-4000-8000-00000000saml"
}

# Left out: ````````````````````````````````````````````````````````````````````````````````````````````````````|``````````````````````````````````````````````````````````````````````````````````````````````````` (cloudflare), id 00000029-0000-4000-8000-00000000cloudflare: version 5 of Cloudflare's provider does not know its type.
#   config.attributes = ["````````````````````````````````````````````````````````````````````````````````````````````````````|```````````````````````````````````````````````````````````````````````````````````````````````````","````````````````````````````````````````````````````````````````````````````````````````````````````|```````````````````````````````````````````````````````````````````````````````````````````````````"]
#   config.client_id = "````````````````````````````````````````````````````````````````````````````````````````````````````|```````````````````````````````````````````````````````````````````````````````````````````````````"
#   config.client_secret: a secret
#   config.issuer_url = "````````````````````````````````````````````````````````````````````````````````````````````````````|```````````````````````````````````````````````````````````````````````````````````````````````````"
#   config."x_````````````````````````````````````````````````````````````````````````````````````````````````````|```````````````````````````````````````````````````````````````````````````````````````````````````" = "````````````````````````````````````````````````````````````````````````````````````````````````````|```````````````````````````````````````````````````````````````````````````````````````````````````"
#   scim_config.enabled = true
#   scim_config.identity_update_behavior = "````````````````````````````````````````````````````````````````````````````````````````````````````|```````````````````````````````````````````````````````````````````````````````````````````````````"

variable "oidc_6_client_secret" {
  description = "Identity provider ````````````````````````````````````````````````````````````````````````````````````````````````````|``````````````````````````````````````````````````````````````````````````````````````````````````` (oidc): client secret. the provider's admin console > the application for Cloudflare Access."
  type        = string
  sensitive   = true
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config.attributes = ["````````````````````````````````````````````````````````````````````````````````````````````````````|```````````````````````````````````````````````````````````````````````````````````````````````````","````````````````````````````````````````````````````````````````````````````````````````````````````|```````````````````````````````````````````````````````````````````````````````````````````````````"]
#   config.issuer_url = "````````````````````````````````````````````````````````````````````````````````````````````````````|```````````````````````````````````````````````````````````````````````````````````````````````````"
#   config."x_````````````````````````````````````````````````````````````````````````````````````````````````````|```````````````````````````````````````````````````````````````````````````````````````````````````" = "````````````````````````````````````````````````````````````````````````````````````````````````````|```````````````````````````````````````````````````````````````````````````````````````````````````"
resource "cloudflare_zero_trust_access_identity_provider" "oidc_6" {
  account_id = var.account_id
  name       = "````````````````````````````````````````````````````````````````````````````````````````````````````|```````````````````````````````````````````````````````````````````````````````````````````````````"
  type       = "oidc"
  config = {
    client_id     = "````````````````````````````````````````````````````````````````````````````````````````````````````|```````````````````````````````````````````````````````````````````````````````````````````````````"
    client_secret = var.oidc_6_client_secret
  }
  scim_config = {
    enabled                  = true
    identity_update_behavior = "````````````````````````````````````````````````````````````````````````````````````````````````````|```````````````````````````````````````````````````````````````````````````````````````````````````"
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.oidc_6
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000029-0000-4000-8000-00000000oidc"
}

variable "spaces_client_secret" {
  description = "Identity provider  spaces  (saml): client_secret."
  type        = string
  sensitive   = true
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config."x_ spaces " = " spaces "
resource "cloudflare_zero_trust_access_identity_provider" "spaces" {
  account_id = var.account_id
  name       = " spaces "
  type       = "saml"
  config = {
    attributes    = [" spaces ", " spaces "]
    client_id     = " spaces "
    client_secret = var.spaces_client_secret
    issuer_url    = " spaces "
  }
  scim_config = {
    enabled                  = true
    identity_update_behavior = " spaces "
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.spaces
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000030-0000-4000-8000-00000000saml"
}

# Left out:  spaces  (cloudflare), id 00000030-0000-4000-8000-00000000cloudflare: version 5 of Cloudflare's provider does not know its type.
#   config.attributes = [" spaces "," spaces "]
#   config.client_id = " spaces "
#   config.client_secret: a secret
#   config.issuer_url = " spaces "
#   config."x_ spaces " = " spaces "
#   scim_config.enabled = true
#   scim_config.identity_update_behavior = " spaces "

variable "spaces_2_client_secret" {
  description = "Identity provider  spaces  (oidc): client secret. the provider's admin console > the application for Cloudflare Access."
  type        = string
  sensitive   = true
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config.attributes = [" spaces "," spaces "]
#   config.issuer_url = " spaces "
#   config."x_ spaces " = " spaces "
resource "cloudflare_zero_trust_access_identity_provider" "spaces_2" {
  account_id = var.account_id
  name       = " spaces "
  type       = "oidc"
  config = {
    client_id     = " spaces "
    client_secret = var.spaces_2_client_secret
  }
  scim_config = {
    enabled                  = true
    identity_update_behavior = " spaces "
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.spaces_2
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000030-0000-4000-8000-00000000oidc"
}

variable "a_client_secret" {
  description = "Identity provider a | --- | (saml): client_secret."
  type        = string
  sensitive   = true
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config."x_a | --- |" = "a | --- |"
resource "cloudflare_zero_trust_access_identity_provider" "a" {
  account_id = var.account_id
  name       = "a | --- |"
  type       = "saml"
  config = {
    attributes    = ["a | --- |", "a | --- |"]
    client_id     = "a | --- |"
    client_secret = var.a_client_secret
    issuer_url    = "a | --- |"
  }
  scim_config = {
    enabled                  = true
    identity_update_behavior = "a | --- |"
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.a
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000031-0000-4000-8000-00000000saml"
}

# Left out: a | --- | (cloudflare), id 00000031-0000-4000-8000-00000000cloudflare: version 5 of Cloudflare's provider does not know its type.
#   config.attributes = ["a | --- |","a | --- |"]
#   config.client_id = "a | --- |"
#   config.client_secret: a secret
#   config.issuer_url = "a | --- |"
#   config."x_a | --- |" = "a | --- |"
#   scim_config.enabled = true
#   scim_config.identity_update_behavior = "a | --- |"

variable "a_2_client_secret" {
  description = "Identity provider a | --- | (oidc): client secret. the provider's admin console > the application for Cloudflare Access."
  type        = string
  sensitive   = true
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config.attributes = ["a | --- |","a | --- |"]
#   config.issuer_url = "a | --- |"
#   config."x_a | --- |" = "a | --- |"
resource "cloudflare_zero_trust_access_identity_provider" "a_2" {
  account_id = var.account_id
  name       = "a | --- |"
  type       = "oidc"
  config = {
    client_id     = "a | --- |"
    client_secret = var.a_2_client_secret
  }
  scim_config = {
    enabled                  = true
    identity_update_behavior = "a | --- |"
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.a_2
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000031-0000-4000-8000-00000000oidc"
}

variable "idp_0123456789abcdef0123456789abcdef01234567_client_secret" {
  description = "Identity provider 0123456789abcdef0123456789abcdef01234567 (saml): client_secret."
  type        = string
  sensitive   = true
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config.x_0123456789abcdef0123456789abcdef01234567 = "0123456789abcdef0123456789abcdef01234567"
resource "cloudflare_zero_trust_access_identity_provider" "idp_0123456789abcdef0123456789abcdef01234567" {
  account_id = var.account_id
  name       = "0123456789abcdef0123456789abcdef01234567"
  type       = "saml"
  config = {
    attributes    = ["0123456789abcdef0123456789abcdef01234567", "0123456789abcdef0123456789abcdef01234567"]
    client_id     = "0123456789abcdef0123456789abcdef01234567"
    client_secret = var.idp_0123456789abcdef0123456789abcdef01234567_client_secret
    issuer_url    = "0123456789abcdef0123456789abcdef01234567"
  }
  scim_config = {
    enabled                  = true
    identity_update_behavior = "0123456789abcdef0123456789abcdef01234567"
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.idp_0123456789abcdef0123456789abcdef01234567
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000032-0000-4000-8000-00000000saml"
}

# Left out: 0123456789abcdef0123456789abcdef01234567 (cloudflare), id 00000032-0000-4000-8000-00000000cloudflare: version 5 of Cloudflare's provider does not know its type.
#   config.attributes = ["0123456789abcdef0123456789abcdef01234567","0123456789abcdef0123456789abcdef01234567"]
#   config.client_id = "0123456789abcdef0123456789abcdef01234567"
#   config.client_secret: a secret
#   config.issuer_url = "0123456789abcdef0123456789abcdef01234567"
#   config.x_0123456789abcdef0123456789abcdef01234567 = "0123456789abcdef0123456789abcdef01234567"
#   scim_config.enabled = true
#   scim_config.identity_update_behavior = "0123456789abcdef0123456789abcdef01234567"

variable "idp_0123456789abcdef0123456789abcdef01234567_2_client_secret" {
  description = "Identity provider 0123456789abcdef0123456789abcdef01234567 (oidc): client secret. the provider's admin console > the application for Cloudflare Access."
  type        = string
  sensitive   = true
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config.attributes = ["0123456789abcdef0123456789abcdef01234567","0123456789abcdef0123456789abcdef01234567"]
#   config.issuer_url = "0123456789abcdef0123456789abcdef01234567"
#   config.x_0123456789abcdef0123456789abcdef01234567 = "0123456789abcdef0123456789abcdef01234567"
resource "cloudflare_zero_trust_access_identity_provider" "idp_0123456789abcdef0123456789abcdef01234567_2" {
  account_id = var.account_id
  name       = "0123456789abcdef0123456789abcdef01234567"
  type       = "oidc"
  config = {
    client_id     = "0123456789abcdef0123456789abcdef01234567"
    client_secret = var.idp_0123456789abcdef0123456789abcdef01234567_2_client_secret
  }
  scim_config = {
    enabled                  = true
    identity_update_behavior = "0123456789abcdef0123456789abcdef01234567"
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.idp_0123456789abcdef0123456789abcdef01234567_2
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000032-0000-4000-8000-00000000oidc"
}

variable "file_etc_passwd_client_secret" {
  description = "Identity provider $${file(\"/etc/passwd\")} (saml): client_secret."
  type        = string
  sensitive   = true
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config."x_${file(\"/etc/passwd\")}": a secret
resource "cloudflare_zero_trust_access_identity_provider" "file_etc_passwd" {
  account_id = var.account_id
  name       = "$${file(\"/etc/passwd\")}"
  type       = "saml"
  config = {
    attributes    = ["$${file(\"/etc/passwd\")}", "$${file(\"/etc/passwd\")}"]
    client_id     = "$${file(\"/etc/passwd\")}"
    client_secret = var.file_etc_passwd_client_secret
    issuer_url    = "$${file(\"/etc/passwd\")}"
  }
  scim_config = {
    enabled                  = true
    identity_update_behavior = "$${file(\"/etc/passwd\")}"
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.file_etc_passwd
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000033-0000-4000-8000-00000000saml"
}

# Left out: ${file("/etc/passwd")} (cloudflare), id 00000033-0000-4000-8000-00000000cloudflare: version 5 of Cloudflare's provider does not know its type.
#   config.attributes = ["${file(\"/etc/passwd\")}","${file(\"/etc/passwd\")}"]
#   config.client_id = "${file(\"/etc/passwd\")}"
#   config.client_secret: a secret
#   config.issuer_url = "${file(\"/etc/passwd\")}"
#   config."x_${file(\"/etc/passwd\")}": a secret
#   scim_config.enabled = true
#   scim_config.identity_update_behavior = "${file(\"/etc/passwd\")}"

variable "file_etc_passwd_2_client_secret" {
  description = "Identity provider $${file(\"/etc/passwd\")} (oidc): client secret. the provider's admin console > the application for Cloudflare Access."
  type        = string
  sensitive   = true
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config.attributes = ["${file(\"/etc/passwd\")}","${file(\"/etc/passwd\")}"]
#   config.issuer_url = "${file(\"/etc/passwd\")}"
#   config."x_${file(\"/etc/passwd\")}": a secret
resource "cloudflare_zero_trust_access_identity_provider" "file_etc_passwd_2" {
  account_id = var.account_id
  name       = "$${file(\"/etc/passwd\")}"
  type       = "oidc"
  config = {
    client_id     = "$${file(\"/etc/passwd\")}"
    client_secret = var.file_etc_passwd_2_client_secret
  }
  scim_config = {
    enabled                  = true
    identity_update_behavior = "$${file(\"/etc/passwd\")}"
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.file_etc_passwd_2
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000033-0000-4000-8000-00000000oidc"
}

variable "for_x_in_y_client_secret" {
  description = "Identity provider %%{ for x in y } (saml): client_secret."
  type        = string
  sensitive   = true
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config."x_%{ for x in y }" = "%{ for x in y }"
resource "cloudflare_zero_trust_access_identity_provider" "for_x_in_y" {
  account_id = var.account_id
  name       = "%%{ for x in y }"
  type       = "saml"
  config = {
    attributes    = ["%%{ for x in y }", "%%{ for x in y }"]
    client_id     = "%%{ for x in y }"
    client_secret = var.for_x_in_y_client_secret
    issuer_url    = "%%{ for x in y }"
  }
  scim_config = {
    enabled                  = true
    identity_update_behavior = "%%{ for x in y }"
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.for_x_in_y
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000034-0000-4000-8000-00000000saml"
}

# Left out: %{ for x in y } (cloudflare), id 00000034-0000-4000-8000-00000000cloudflare: version 5 of Cloudflare's provider does not know its type.
#   config.attributes = ["%{ for x in y }","%{ for x in y }"]
#   config.client_id = "%{ for x in y }"
#   config.client_secret: a secret
#   config.issuer_url = "%{ for x in y }"
#   config."x_%{ for x in y }" = "%{ for x in y }"
#   scim_config.enabled = true
#   scim_config.identity_update_behavior = "%{ for x in y }"

variable "for_x_in_y_2_client_secret" {
  description = "Identity provider %%{ for x in y } (oidc): client secret. the provider's admin console > the application for Cloudflare Access."
  type        = string
  sensitive   = true
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config.attributes = ["%{ for x in y }","%{ for x in y }"]
#   config.issuer_url = "%{ for x in y }"
#   config."x_%{ for x in y }" = "%{ for x in y }"
resource "cloudflare_zero_trust_access_identity_provider" "for_x_in_y_2" {
  account_id = var.account_id
  name       = "%%{ for x in y }"
  type       = "oidc"
  config = {
    client_id     = "%%{ for x in y }"
    client_secret = var.for_x_in_y_2_client_secret
  }
  scim_config = {
    enabled                  = true
    identity_update_behavior = "%%{ for x in y }"
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.for_x_in_y_2
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000034-0000-4000-8000-00000000oidc"
}

variable "a_3_client_secret" {
  description = "Identity provider $$${a} (saml): client_secret."
  type        = string
  sensitive   = true
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config."x_$${a}" = "$${a}"
resource "cloudflare_zero_trust_access_identity_provider" "a_3" {
  account_id = var.account_id
  name       = "$$${a}"
  type       = "saml"
  config = {
    attributes    = ["$$${a}", "$$${a}"]
    client_id     = "$$${a}"
    client_secret = var.a_3_client_secret
    issuer_url    = "$$${a}"
  }
  scim_config = {
    enabled                  = true
    identity_update_behavior = "$$${a}"
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.a_3
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000035-0000-4000-8000-00000000saml"
}

# Left out: $${a} (cloudflare), id 00000035-0000-4000-8000-00000000cloudflare: version 5 of Cloudflare's provider does not know its type.
#   config.attributes = ["$${a}","$${a}"]
#   config.client_id = "$${a}"
#   config.client_secret: a secret
#   config.issuer_url = "$${a}"
#   config."x_$${a}" = "$${a}"
#   scim_config.enabled = true
#   scim_config.identity_update_behavior = "$${a}"

variable "a_4_client_secret" {
  description = "Identity provider $$${a} (oidc): client secret. the provider's admin console > the application for Cloudflare Access."
  type        = string
  sensitive   = true
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config.attributes = ["$${a}","$${a}"]
#   config.issuer_url = "$${a}"
#   config."x_$${a}" = "$${a}"
resource "cloudflare_zero_trust_access_identity_provider" "a_4" {
  account_id = var.account_id
  name       = "$$${a}"
  type       = "oidc"
  config = {
    client_id     = "$$${a}"
    client_secret = var.a_4_client_secret
  }
  scim_config = {
    enabled                  = true
    identity_update_behavior = "$$${a}"
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.a_4
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000035-0000-4000-8000-00000000oidc"
}

variable "a_resource_x_y_client_secret" {
  description = "Identity provider a\" }\\nresource \"x\" \"y\" {} (saml): client_secret."
  type        = string
  sensitive   = true
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config."x_a\" }\nresource \"x\" \"y\" {}" = "a\" }\nresource \"x\" \"y\" {}"
resource "cloudflare_zero_trust_access_identity_provider" "a_resource_x_y" {
  account_id = var.account_id
  name       = "a\" }\nresource \"x\" \"y\" {}"
  type       = "saml"
  config = {
    attributes    = ["a\" }\nresource \"x\" \"y\" {}", "a\" }\nresource \"x\" \"y\" {}"]
    client_id     = "a\" }\nresource \"x\" \"y\" {}"
    client_secret = var.a_resource_x_y_client_secret
    issuer_url    = "a\" }\nresource \"x\" \"y\" {}"
  }
  scim_config = {
    enabled                  = true
    identity_update_behavior = "a\" }\nresource \"x\" \"y\" {}"
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.a_resource_x_y
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000036-0000-4000-8000-00000000saml"
}

# Left out: a" }\nresource "x" "y" {} (cloudflare), id 00000036-0000-4000-8000-00000000cloudflare: version 5 of Cloudflare's provider does not know its type.
#   config.attributes = ["a\" }\nresource \"x\" \"y\" {}","a\" }\nresource \"x\" \"y\" {}"]
#   config.client_id = "a\" }\nresource \"x\" \"y\" {}"
#   config.client_secret: a secret
#   config.issuer_url = "a\" }\nresource \"x\" \"y\" {}"
#   config."x_a\" }\nresource \"x\" \"y\" {}" = "a\" }\nresource \"x\" \"y\" {}"
#   scim_config.enabled = true
#   scim_config.identity_update_behavior = "a\" }\nresource \"x\" \"y\" {}"

variable "a_resource_x_y_2_client_secret" {
  description = "Identity provider a\" }\\nresource \"x\" \"y\" {} (oidc): client secret. the provider's admin console > the application for Cloudflare Access."
  type        = string
  sensitive   = true
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config.attributes = ["a\" }\nresource \"x\" \"y\" {}","a\" }\nresource \"x\" \"y\" {}"]
#   config.issuer_url = "a\" }\nresource \"x\" \"y\" {}"
#   config."x_a\" }\nresource \"x\" \"y\" {}" = "a\" }\nresource \"x\" \"y\" {}"
resource "cloudflare_zero_trust_access_identity_provider" "a_resource_x_y_2" {
  account_id = var.account_id
  name       = "a\" }\nresource \"x\" \"y\" {}"
  type       = "oidc"
  config = {
    client_id     = "a\" }\nresource \"x\" \"y\" {}"
    client_secret = var.a_resource_x_y_2_client_secret
  }
  scim_config = {
    enabled                  = true
    identity_update_behavior = "a\" }\nresource \"x\" \"y\" {}"
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.a_resource_x_y_2
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000036-0000-4000-8000-00000000oidc"
}

variable "saml_7_client_secret" {
  description = "Identity provider */ /* (saml): client_secret."
  type        = string
  sensitive   = true
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config."x_*/ /*" = "*/ /*"
resource "cloudflare_zero_trust_access_identity_provider" "saml_7" {
  account_id = var.account_id
  name       = "*/ /*"
  type       = "saml"
  config = {
    attributes    = ["*/ /*", "*/ /*"]
    client_id     = "*/ /*"
    client_secret = var.saml_7_client_secret
    issuer_url    = "*/ /*"
  }
  scim_config = {
    enabled                  = true
    identity_update_behavior = "*/ /*"
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.saml_7
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000037-0000-4000-8000-00000000saml"
}

# Left out: */ /* (cloudflare), id 00000037-0000-4000-8000-00000000cloudflare: version 5 of Cloudflare's provider does not know its type.
#   config.attributes = ["*/ /*","*/ /*"]
#   config.client_id = "*/ /*"
#   config.client_secret: a secret
#   config.issuer_url = "*/ /*"
#   config."x_*/ /*" = "*/ /*"
#   scim_config.enabled = true
#   scim_config.identity_update_behavior = "*/ /*"

variable "oidc_7_client_secret" {
  description = "Identity provider */ /* (oidc): client secret. the provider's admin console > the application for Cloudflare Access."
  type        = string
  sensitive   = true
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config.attributes = ["*/ /*","*/ /*"]
#   config.issuer_url = "*/ /*"
#   config."x_*/ /*" = "*/ /*"
resource "cloudflare_zero_trust_access_identity_provider" "oidc_7" {
  account_id = var.account_id
  name       = "*/ /*"
  type       = "oidc"
  config = {
    client_id     = "*/ /*"
    client_secret = var.oidc_7_client_secret
  }
  scim_config = {
    enabled                  = true
    identity_update_behavior = "*/ /*"
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.oidc_7
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000037-0000-4000-8000-00000000oidc"
}

variable "x_y_client_secret" {
  description = "Identity provider # x\\n# y (saml): client_secret."
  type        = string
  sensitive   = true
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config."x_# x\n# y" = "# x\n# y"
resource "cloudflare_zero_trust_access_identity_provider" "x_y" {
  account_id = var.account_id
  name       = "# x\n# y"
  type       = "saml"
  config = {
    attributes    = ["# x\n# y", "# x\n# y"]
    client_id     = "# x\n# y"
    client_secret = var.x_y_client_secret
    issuer_url    = "# x\n# y"
  }
  scim_config = {
    enabled                  = true
    identity_update_behavior = "# x\n# y"
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.x_y
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000038-0000-4000-8000-00000000saml"
}

# Left out: # x\n# y (cloudflare), id 00000038-0000-4000-8000-00000000cloudflare: version 5 of Cloudflare's provider does not know its type.
#   config.attributes = ["# x\n# y","# x\n# y"]
#   config.client_id = "# x\n# y"
#   config.client_secret: a secret
#   config.issuer_url = "# x\n# y"
#   config."x_# x\n# y" = "# x\n# y"
#   scim_config.enabled = true
#   scim_config.identity_update_behavior = "# x\n# y"

variable "x_y_2_client_secret" {
  description = "Identity provider # x\\n# y (oidc): client secret. the provider's admin console > the application for Cloudflare Access."
  type        = string
  sensitive   = true
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config.attributes = ["# x\n# y","# x\n# y"]
#   config.issuer_url = "# x\n# y"
#   config."x_# x\n# y" = "# x\n# y"
resource "cloudflare_zero_trust_access_identity_provider" "x_y_2" {
  account_id = var.account_id
  name       = "# x\n# y"
  type       = "oidc"
  config = {
    client_id     = "# x\n# y"
    client_secret = var.x_y_2_client_secret
  }
  scim_config = {
    enabled                  = true
    identity_update_behavior = "# x\n# y"
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.x_y_2
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000038-0000-4000-8000-00000000oidc"
}

variable "cmd_c_calc_a1_client_secret" {
  description = "Identity provider =cmd|'/c calc'!A1 (saml): client_secret."
  type        = string
  sensitive   = true
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config."x_=cmd|'/c calc'!A1" = "=cmd|'/c calc'!A1"
resource "cloudflare_zero_trust_access_identity_provider" "cmd_c_calc_a1" {
  account_id = var.account_id
  name       = "=cmd|'/c calc'!A1"
  type       = "saml"
  config = {
    attributes    = ["=cmd|'/c calc'!A1", "=cmd|'/c calc'!A1"]
    client_id     = "=cmd|'/c calc'!A1"
    client_secret = var.cmd_c_calc_a1_client_secret
    issuer_url    = "=cmd|'/c calc'!A1"
  }
  scim_config = {
    enabled                  = true
    identity_update_behavior = "=cmd|'/c calc'!A1"
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.cmd_c_calc_a1
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000039-0000-4000-8000-00000000saml"
}

# Left out: =cmd|'/c calc'!A1 (cloudflare), id 00000039-0000-4000-8000-00000000cloudflare: version 5 of Cloudflare's provider does not know its type.
#   config.attributes = ["=cmd|'/c calc'!A1","=cmd|'/c calc'!A1"]
#   config.client_id = "=cmd|'/c calc'!A1"
#   config.client_secret: a secret
#   config.issuer_url = "=cmd|'/c calc'!A1"
#   config."x_=cmd|'/c calc'!A1" = "=cmd|'/c calc'!A1"
#   scim_config.enabled = true
#   scim_config.identity_update_behavior = "=cmd|'/c calc'!A1"

variable "cmd_c_calc_a1_2_client_secret" {
  description = "Identity provider =cmd|'/c calc'!A1 (oidc): client secret. the provider's admin console > the application for Cloudflare Access."
  type        = string
  sensitive   = true
}

# Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:
#   config.attributes = ["=cmd|'/c calc'!A1","=cmd|'/c calc'!A1"]
#   config.issuer_url = "=cmd|'/c calc'!A1"
#   config."x_=cmd|'/c calc'!A1" = "=cmd|'/c calc'!A1"
resource "cloudflare_zero_trust_access_identity_provider" "cmd_c_calc_a1_2" {
  account_id = var.account_id
  name       = "=cmd|'/c calc'!A1"
  type       = "oidc"
  config = {
    client_id     = "=cmd|'/c calc'!A1"
    client_secret = var.cmd_c_calc_a1_2_client_secret
  }
  scim_config = {
    enabled                  = true
    identity_update_behavior = "=cmd|'/c calc'!A1"
  }
}

import {
  to = cloudflare_zero_trust_access_identity_provider.cmd_c_calc_a1_2
  id = "accounts/f037e56e89293a057740de681ac9abbe/00000039-0000-4000-8000-00000000oidc"
}
