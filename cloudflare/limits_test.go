package cloudflare

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestLimitsOf(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	allow := cmp.AllowUnexported(limit{})
	for name, test := range map[string]struct {
		headers []string
		want    []limit
	}{
		"none":               {nil, nil},
		"documented example": {[]string{"Ratelimit", `"default";r=50;t=30`, "Ratelimit-Policy", `"burst";q=100;w=60`}, []limit{{"default", 100, 50, 30 * time.Second}}},
		"several": {
			[]string{"Ratelimit", `"default";r=50;t=30, "burst";r=3;t=1`, "Ratelimit-Policy", `"burst";q=200;w=1,"default";q=1200;w=300`},
			[]limit{{"default", 1200, 50, 30 * time.Second}, {"burst", 200, 3, time.Second}},
		},
		"several lines":      {[]string{"Ratelimit", `"a";r=1;t=2`, "Ratelimit", `"b";r=3;t=4`}, []limit{{"a", 0, 1, 2 * time.Second}, {"b", 0, 3, 4 * time.Second}}},
		"quoted separators":  {[]string{"Ratelimit", `"a;r=9,\"x\"";r=1;t=2`}, []limit{{`a;r=9,"x"`, 0, 1, 2 * time.Second}}},
		"bare name":          {[]string{"Ratelimit", `default ; r=1 ; t=2`}, []limit{{"default", 0, 1, 2 * time.Second}}},
		"no reset":           {[]string{"Ratelimit", `"a";r=1`, "Ratelimit-Policy", `"a";q=10;w=60`}, []limit{{"a", 10, 1, time.Minute}}},
		"no reset at all":    {[]string{"Ratelimit", `"a";r=1`}, []limit{{"a", 0, 1, 5 * time.Minute}}},
		"absurd":             {[]string{"Ratelimit", `"a";r=99999999999999999999;t=99999999999`}, []limit{{"a", 0, 1<<31 - 1, maxReset}}},
		"negative":           {[]string{"Ratelimit", `"a";r=-5;t=-5`}, []limit{{"a", 0, 0, 0}}},
		"garbage":            {[]string{"Ratelimit", `"a;r=1, ;;;, "b", "c";r=x, =, "`}, nil},
		"garbage beside":     {[]string{"Ratelimit", `"b", "c";r=1;t=1`}, []limit{{"c", 0, 1, time.Second}}},
		"older":              {[]string{"X-Ratelimit-Limit", "1200", "X-Ratelimit-Remaining", "7", "X-Ratelimit-Reset", "42"}, []limit{{"x-ratelimit", 1200, 7, 42 * time.Second}}},
		"older, with a date": {[]string{"X-Ratelimit-Remaining", "7", "X-Ratelimit-Reset", "1700000060"}, []limit{{"x-ratelimit", 0, 7, time.Minute}}},
		"older, a past date": {[]string{"X-Ratelimit-Remaining", "7", "X-Ratelimit-Reset", "1600000060"}, []limit{{"x-ratelimit", 0, 7, 0}}},
		"older, no reset":    {[]string{"X-Ratelimit-Remaining", "7"}, []limit{{"x-ratelimit", 0, 7, 5 * time.Minute}}},
		"newer wins":         {[]string{"Ratelimit", `"a";r=1;t=2`, "X-Ratelimit-Remaining", "7"}, []limit{{"a", 0, 1, 2 * time.Second}}},
	} {
		h := http.Header{}
		for i := 0; i+1 < len(test.headers); i += 2 {
			h.Add(test.headers[i], test.headers[i+1])
		}
		if d := cmp.Diff(test.want, limitsOf(h, now), allow); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

// Whatever a header says, the waits it can cause are bounded.
func FuzzLimitsOf(f *testing.F) {
	f.Add(`"default";r=50;t=30`, `"burst";q=100;w=60`, "7", "1700000060")
	f.Add(`"a\"";r=1.5;t=1e400,b;r=0x7`, `a;q=;w=-1`, "-0", "9223372036854775807")
	f.Add(`";`, `"\`, "NaN", "Inf")
	f.Fuzz(func(t *testing.T, ratelimit, policy, remaining, reset string) {
		now := time.Unix(1_700_000_000, 0)
		h := http.Header{
			"Ratelimit": {ratelimit}, "Ratelimit-Policy": {policy}, "Retry-After": {reset},
			"X-Ratelimit-Limit": {policy}, "X-Ratelimit-Remaining": {remaining}, "X-Ratelimit-Reset": {reset},
		}
		for _, l := range limitsOf(h, now) {
			if l.left < 0 || l.quota < 0 || l.reset < 0 || l.reset > maxReset {
				t.Errorf("%+v", l)
			}
		}
		if d := retryAfter(h, now); d < 0 {
			t.Errorf("Retry-After %s", d)
		}
	})
}
