package audit_test

import (
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"github.com/idpsnap/idpsnap/report/audit"
)

// numberOf is a figure; one that is not known counts nobody.
func numberOf(r *audit.Report, key string) int {
	n, err := strconv.Atoi(figuresOf(r)[key])
	if err != nil {
		return 0
	}
	return n
}

func TestLeaversWithAProviderAreCountedBesideTheOthers(t *testing.T) {
	f := newFake().okta().provider("saml", "saml", "Corp", object{}).scim("saml", true)
	f.user("okta", "a", "Ann", "ann@acme.com").user("okta", "b", "Bob", "bob@acme.com").user("okta", "c", "Cy", "cy@acme.com").user("saml", "d", "Dee", "dee@acme.com")
	f.night()
	f.remove(users, "okta", "a").remove(users, "saml", "d").night()
	f.remove(provider, "", "okta").night()
	r := deprovisioning(t, f, f.all())
	wellFormed(t, r)
	same(t, "left, and with the provider", []int{numberOf(r, "left"), numberOf(r, "left_with_provider")}, []int{2, 2})
	same(t, "leavers", numberOf(lifecycle(t, f, f.all()), "leaver"), 4)

	// The access review has a row for the provider that is gone.
	review := accessReview(t, f, f.all())
	same(t, "providers", column(rowsIn(t, review, "providers"), "provider_name", "list", "rows", "left"), []string{"Corp | read | 0 | 1", "Okta | gone with the provider |  | 3"})
	same(t, "left", numberOf(review, "left"), 4)
}

func TestLeaversAddUpAcrossReports(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		f := history(rt, true)
		q := f.all()
		life, err := audit.NewLifecycle(t.Context(), f, q)
		if err != nil {
			rt.Fatalf("%v", err)
		}
		gone := deprovisioning(rt, f, q)
		left, with := numberOf(gone, "left"), numberOf(gone, "left_with_provider")
		if left+with != numberOf(life, "leaver") || with != numberOf(life, "leaver_with_provider") {
			rt.Fatalf("%d left, %d with their provider; %d leavers, %d with their provider", left, with, numberOf(life, "leaver"), numberOf(life, "leaver_with_provider"))
		}
		review, sum := accessReview(rt, f, q), 0
		for _, row := range rowsIn(rt, review, "providers") {
			if n, err := strconv.Atoi(row["left"]); err == nil {
				sum += n
			}
		}
		if sum != numberOf(review, "left") {
			rt.Fatalf("%d left by provider, %d in all", sum, numberOf(review, "left"))
		}
	})
}
