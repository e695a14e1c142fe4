package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/idpsnap/idpsnap/sandbox"
)

// getsOnly hands requests on to Cloudflare, and fails the test for any but GET.
type getsOnly struct {
	*testing.T
	to http.Handler
}

func (g getsOnly) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet {
		g.Errorf("%s %s", r.Method, r.URL)
	}
	if n := r.ContentLength; n != 0 {
		g.Errorf("%s %s has a body of %d bytes", r.Method, r.URL, n)
	}
	g.to.ServeHTTP(w, r)
}

// TestComparingSendsGetsOnly: whatever diff and log are asked, they change nothing
// over there, and what needs no live state asks nobody.
func TestComparingSendsGetsOnly(t *testing.T) {
	t.Parallel()
	cloud := sandbox.DefaultWorld(sandbox.Options{Now: time.Now, Sleep: nap, Seed: 11})
	m := newMachine(t, cloud)
	m.flick("rate-limit", "off")
	m.want(0, "snapshot", "--quiet")
	must(cloud.Churn(account, 5, 5, 5))
	provider := cloudIDs(t, cloud, sandbox.KindProvider, "")[0]
	must(edit(cloud, sandbox.KindProvider, "", provider, `{"/config/client_id":"another"}`))
	m.want(0, "snapshot", "--quiet")
	file := m.save("latest.json", "latest")
	guard := httptest.NewServer(getsOnly{t, cloud})
	t.Cleanup(guard.Close)
	m.env["CLOUDFLARE_BASE_URL"] = guard.URL + "/client/v4"
	for _, variant := range []struct {
		asks bool
		args string
	}{
		{true, "diff"},
		{true, "diff --exit-code"},
		{true, "diff --json --all-fields"},
		{true, "diff --format html --full"},
		{true, "diff --format markdown --stat"},
		{true, "diff latest~1"},
		{true, "diff live latest"},
		{true, "diff live live"},
		{true, "diff latest account:" + sandbox.DefaultSecondAccount},
		{true, "diff latest zone:" + sandbox.DefaultZone},
		{true, "diff account:" + sandbox.DefaultSecondAccount + " zone:" + sandbox.DefaultZone},
		{true, "diff latest account:" + sandbox.DefaultSecondAccount + " --map " + provider + "=nobody"},
		{true, "diff " + file},
		{true, "diff --kind identity_provider --severity high"},
		{true, "diff --provider Okta --ignore config"},
		{true, "diff --type saml"},
		{true, "diff --provider nobody"},
		{false, "diff latest~1 latest"},
		{false, "diff latest~1 " + file},
		{false, "diff latest~1 latest --all-fields --full --format html"},
		{false, "diff --severity awful"},
		{false, "log Okta"},
		{false, "log Okta --json --all-fields --full"},
		{false, "log nobody"},
	} {
		for _, fault := range []string{"", "flaky", "forbidden"} {
			switch fault {
			case "flaky":
				m.arm(sandbox.Fault{Kind: sandbox.FaultStatus, Status: 502, Times: 3}, sandbox.Fault{Kind: sandbox.FaultDropBefore, Times: 2})
			case "forbidden":
				m.arm(sandbox.Fault{Kind: sandbox.FaultStatus, Status: 403, Path: "/scim/"})
			}
			cloud.ClearRequests()
			r := m.run(strings.Fields(variant.args)...)
			all, writes := cloud.RequestCount()
			if writes > 0 || all > 0 != variant.asks {
				t.Errorf("%s: %d requests, %d of them writes: %s", variant.args, all, writes, r)
			}
			cloud.ClearFaults()
		}
	}
	if len(m.snapshots()) != 2 {
		t.Error("a live state was recorded")
	}
}
