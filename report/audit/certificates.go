package audit

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/snapshot"
)

// certificate is one that stands in a provider's document.
type certificate struct {
	list *userList // the provider
	use  string    // what it is for
	own  bool      // Cloudflare's, which renews it by itself
	cert *x509.Certificate
	err  error // cert could not be read
}

// certificatesOf are the certificates in a provider's document: those by which
// Cloudflare knows that a SAML answer is the provider's, and its own.
func certificatesOf(l *userList) (all []certificate) {
	texts := textsIn(l.provider, "config", "idp_public_certs")
	if older := textIn(l.provider, "config", "idp_public_cert"); older != "" {
		texts = append(texts, older)
	}
	for _, text := range texts {
		for _, c := range parseCertificates(text) {
			c.list, c.use = l, "signs what the provider says"
			all = append(all, c)
		}
	}
	for _, name := range []string{"current_certificate", "previous_certificate"} {
		text := textIn(l.provider, "saml_certificate_set", name, "public_certificate")
		if text == "" {
			continue
		}
		for _, c := range parseCertificates(text) {
			c.list, c.use, c.own = l, "Cloudflare's own, for encryption", true
			all = append(all, c)
		}
	}
	return all
}

var errNoCertificate = errors.New("neither PEM nor base64")

// parseCertificates reads certificates as people paste them: PEM, one or several, with
// line breaks or without, or the base64 that is in it.
func parseCertificates(text string) (all []certificate) {
	text = strings.ReplaceAll(text, `\n`, "\n")
	for rest := []byte(text); ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		all = append(all, parseDER(block.Bytes))
	}
	if all != nil {
		return all
	}
	const begin, end = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
	for _, part := range strings.Split(text, begin) {
		part, _, _ = strings.Cut(part, end)
		part = strings.TrimRight(strings.Join(strings.Fields(part), ""), "=")
		if part == "" {
			continue
		}
		der, err := base64.RawStdEncoding.DecodeString(part)
		if err != nil {
			all = append(all, certificate{err: errNoCertificate})
			continue
		}
		all = append(all, parseDER(der))
	}
	return all
}

func parseDER(der []byte) certificate {
	c, err := x509.ParseCertificate(der)
	return certificate{cert: c, err: err}
}

// daysLeft is how many whole days a certificate is good for; below 0 it is not any
// more.
func (c certificate) daysLeft(at time.Time) int {
	return int(math.Floor(c.cert.NotAfter.Sub(at).Hours() / 24))
}

// So many days before its end a certificate is reported.
const (
	expiresSoon  = 30
	expiresLater = 90
)

const mendCertificate = wherePage + ": add the provider's new certificate (IdP certificate) before the old one ends"

// certificateFindings look at the certificates of one provider. One that has a
// successor, good for longer, locks nobody out when it ends.
func certificateFindings(l *userList, all []certificate, at time.Time) (list []finding) {
	var latest time.Time
	for _, c := range all {
		if c.cert != nil && !c.own && !c.cert.NotBefore.After(at) && c.cert.NotAfter.After(latest) {
			latest = c.cert.NotAfter
		}
	}
	for _, c := range all {
		f := finding{kind: snapshot.IdentityProvider, id: l.id, name: l.called(), mend: mendCertificate}
		switch {
		case c.err != nil:
			f.severity, f.rule, f.what = diff.Medium, "certificate_unreadable", fmt.Sprintf("a certificate cannot be read: %v", c.err)
			f.why = "when it ends is not known, and whether Cloudflare can use it neither"
		case c.own:
			continue // Cloudflare renews it 30 days before its end
		default:
			var ends bool
			if f, ends = expiry(f, c, at, latest); !ends {
				continue
			}
		}
		list = append(list, f)
	}
	return list
}

func expiry(f finding, c certificate, at, latest time.Time) (_ finding, ends bool) {
	days := c.daysLeft(at)
	f.why = "without a certificate that is good nobody can sign in through this provider"
	switch {
	case c.cert.NotBefore.After(at):
		f.severity, f.rule, f.what = diff.Low, "certificate_not_yet", "a certificate is good only from "+dayOf(c.cert.NotBefore)
	case c.cert.NotAfter.Before(at):
		f.severity, f.rule, f.what = diff.Critical, "certificate_expired", "a certificate ended on "+dayOf(c.cert.NotAfter)
	case days < expiresSoon:
		f.severity, f.rule, f.what = diff.High, "certificate_expiring", fmt.Sprintf("a certificate ends in %s, on %s", Things(days, "day"), dayOf(c.cert.NotAfter))
	case days < expiresLater:
		f.severity, f.rule, f.what = diff.Medium, "certificate_expiring", fmt.Sprintf("a certificate ends in %s, on %s", Things(days, "day"), dayOf(c.cert.NotAfter))
	default:
		return f, false
	}
	if latest.After(c.cert.NotAfter) && f.severity > diff.Low {
		f.severity = diff.Low
		f.why = "another one is good until " + dayOf(latest) + ": this one can go"
		f.mend = wherePage + ": remove it"
	}
	return f, true
}

// certificateTable lists the certificates of all providers.
func certificateTable(all []certificate, at time.Time) Table {
	columns := []Column{
		{Key: "provider_id", Name: "Provider id", Role: Code, Minor: true},
		{Key: "provider_name", Name: "Provider"},
		{Key: "use", Name: "For", Minor: true},
		{Key: "subject", Name: "Subject"},
		{Key: "issuer", Name: "Issuer", Minor: true},
		{Key: "serial", Name: "Serial", Role: Code, Minor: true},
		{Key: "not_before", Name: "From", Minor: true},
		{Key: "not_after", Name: "Until"},
		{Key: "days_left", Name: "Days left"},
		{Key: "sha256", Name: "SHA-256", Role: Code, Minor: true},
		{Key: "problem", Name: "Problem"},
	}
	var rows [][]Cell
	for _, c := range all {
		row := []Cell{Text(c.list.id), Text(c.list.called()), Text(c.use)}
		if c.err != nil {
			row = append(row, NotKnown, NotKnown, NotKnown, NotKnown, NotKnown, NotKnown, NotKnown, Text(c.err.Error()))
			rows = append(rows, row)
			continue
		}
		sum := sha256.Sum256(c.cert.Raw)
		rows = append(rows, append(row,
			Text(c.cert.Subject.String()), Text(c.cert.Issuer.String()), Text(c.cert.SerialNumber.Text(16)),
			Time(c.cert.NotBefore), Time(c.cert.NotAfter), Number(c.daysLeft(at)), Text(hex.EncodeToString(sum[:])), None,
		))
	}
	return Table{
		Name: "certificates", Title: "Certificates", Sheet: "Certificates", Empty: "No provider has a certificate.",
		Columns: columns, Rows: fixedRows(rows), Len: len(rows),
	}
}
