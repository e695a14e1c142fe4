package sandbox

// The default world. Its ids are made up: they name nothing at Cloudflare.
const (
	DefaultAccount       = "5a0d0000000000000000000000000001"
	DefaultSecondAccount = "5a0d0000000000000000000000000002"
	DefaultZone          = "5a0d0000000000000000000000000003"

	DefaultAuthDomain       = "corp-sandbox.cloudflareaccess.com"
	DefaultSecondAuthDomain = "labs-sandbox.cloudflareaccess.com"
)

// DefaultWorld makes a Cloudflare to try things on: an account with ten providers, 240 users, 30 groups and what
// names them; a small second account with a team domain of its own; a zone of the first.
func DefaultWorld(o Options) *Server {
	s := New(o)
	s.AddAccount(DefaultAccount, "Corp (sandbox)", DefaultAuthDomain)
	s.AddAccount(DefaultSecondAccount, "Labs (sandbox)", DefaultSecondAuthDomain)
	s.AddZone(DefaultZone, "corp.example", DefaultAccount, DefaultAuthDomain)
	for _, fill := range []struct {
		target     string
		population Population
	}{
		{"account:" + DefaultAccount, Population{Users: 240, Groups: 30, Apps: 12, Policies: 8, AccessGroups: 9}},
		{"account:" + DefaultSecondAccount, Population{Providers: []string{"onetimepin", "okta"}, Users: 12, Groups: 3, Apps: 2, Policies: 1, AccessGroups: 1}},
		{"zone:" + DefaultZone, Population{Providers: []string{"onetimepin", "github"}, Apps: 1, AccessGroups: 1}},
	} {
		_ = s.Populate(fill.target, fill.population) // fails on unknown targets and types: all are above
	}
	return s
}
