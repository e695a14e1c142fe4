package main

import "fmt"

// set is some runs that differ in one thing.
type set struct {
	Title string
	Runs  []options
}

// growth tells how the cost grows: with ten times fewer and ten times more users,
// with as many fewer and more changes, and with nights up to a year. The histories
// of many nights are made without a server.
func growth(base options) []set {
	base.Peers, base.Slow, base.Rounds = false, 0, min(base.Rounds, 3)
	few := base
	few.Nights, few.History = 4, 0
	users, changes, nights := set{Title: "users"}, set{Title: "changes"}, set{Title: "nights"}
	for _, n := range []int{base.Users / 10, base.Users, base.Users * 10} {
		o := few
		o.Users = min(max(n, 50), 1_000_000)
		users.Runs = append(users.Runs, o)
	}
	for _, times := range []float64{0.1, 1, 10} {
		o := few
		o.Churn = times
		changes.Runs = append(changes.Runs, o)
	}
	for _, n := range []int{7, 30, 365} {
		o := base
		o.Nights, o.History = 0, min(n, max(base.History, 2))
		nights.Runs = append(nights.Runs, o)
	}
	return []set{users, changes, nights}
}

// label says in what a run of a set differs from the others.
func (r *record) label() string {
	switch r.Set {
	case "users":
		return number(r.Options.Users) + " users"
	case "changes":
		changed, added, removed := r.Options.churn()
		return fmt.Sprintf("%s changes", number(changed+added+removed))
	case "nights":
		return number(r.Options.History) + " nights"
	}
	return "measured"
}

// number is written with commas between thousands.
func number(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s,%03d", number(n/1000), n%1000)
}
