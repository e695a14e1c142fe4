package main

import "fmt"

// What is measured beside each other.
const (
	idpsnap     = "idpsnap"
	storeAlone  = "store alone" // without the start of a process
	plainFetch  = "plain fetch"
	cronDump    = "curl, jq"
	gitNight    = "curl, jq, git"
	gitAsked    = "git"
	gitPacked   = "git after gc"
	resticNight = "curl, jq, restic"
	resticAsked = "restic"
	changesOnly = "gzip -6 of the changes" // no history can add much less
)

// Steps, by their ids. Those that are asked of the history that was made without a
// server have the prefix made.
const (
	firstNight = "first night"
	nextNight  = "night"
	slowNight  = "slow night"
	neighbours = "neighbours"
	firstLast  = "first and last"
	asOf       = "as of"
	verified   = "verify"
	packed     = "pack"
	asked      = "requests"
	sizeFirst  = "size of the first"
	sizeAll    = "size"
	sizeAdded  = "size added"

	made = "made: "
)

// step is one thing that is measured, of several programs.
type step struct {
	id, title string
	what      string // what is measured of it first
	programs  []string
	lacking   string // why it is not measured at all
}

// steps lists all there are, in the order of the table. The options may be of any
// number of nights.
func steps(o *options) []step {
	served := []step{
		{firstNight, "first night", wallTime, []string{idpsnap, plainFetch, cronDump, gitNight, resticNight}, ""},
		{nextNight, "each other night", wallTime, []string{idpsnap, plainFetch, cronDump, gitNight, resticNight}, ""},
		{slowNight, fmt.Sprintf("a night with %s a request", seconds(o.Latency.Seconds())), wallTime, []string{idpsnap, plainFetch}, ""},
		{asked, "requests of a night (the most)", requests, []string{idpsnap, plainFetch}, ""},
		{neighbours, "what differs between neighbours", wallTime, []string{idpsnap, storeAlone, gitAsked, gitPacked, resticAsked}, ""},
		{firstLast, "night 1 against " + night(o.Nights, "the last"), wallTime, []string{idpsnap, storeAlone, gitAsked, gitPacked, resticAsked}, ""},
		{asOf, "everything as of " + night(middle(o.Nights)+1, "the middle"), wallTime, []string{idpsnap, storeAlone, gitAsked, gitPacked, resticAsked}, ""},
		{verified, "verify", wallTime, []string{idpsnap, storeAlone, gitPacked, resticAsked}, ""},
		{packed, "git gc", wallTime, []string{gitAsked}, ""},
		{sizeFirst, "size after the first night", size, []string{idpsnap, gitAsked, resticAsked}, ""},
		{sizeAll, "size after " + night(o.Nights, "the last night"), size, []string{idpsnap, gitAsked, gitPacked, resticAsked}, ""},
		{sizeAdded, "each night adds", size, []string{idpsnap, changesOnly, gitAsked, gitPacked, resticAsked}, ""},
	}
	if o.Nights == 0 {
		lack(served, "left out by -nights 0")
	} else if o.Slow == 0 {
		lack(served[2:3], "left out by -slow 0")
	}
	unserved := []step{
		{made + neighbours, "what differs between neighbours", wallTime, []string{idpsnap, storeAlone}, ""},
		{made + firstLast, "night 1 against " + night(o.History, "the last"), wallTime, []string{idpsnap, storeAlone}, ""},
		{made + asOf, "everything as of " + night(middle(o.History)+1, "the middle"), wallTime, []string{idpsnap, storeAlone}, ""},
		{made + verified, "verify", wallTime, []string{idpsnap, storeAlone}, ""},
		{made + sizeAll, "size", size, []string{idpsnap}, ""},
		{made + sizeAdded, "each night adds", size, []string{idpsnap, changesOnly}, ""},
	}
	for i := range unserved {
		unserved[i].title = noServer(o.History) + unserved[i].title
	}
	if o.History == 0 {
		lack(unserved, "left out by -history 0")
	}
	return append(served, unserved...)
}

func lack(list []step, why string) {
	for i := range list {
		list[i].lacking = why
	}
}

// anyNumber of nights makes titles that fit them all.
const anyNumber = -1

// night names one or, where there is none or any number of them, says which it is.
func night(n int, which string) string {
	if n < 1 {
		return which
	}
	return fmt.Sprintf("night %d", n)
}

func noServer(nights int) string {
	if nights < 1 {
		return "without a server: "
	}
	return fmt.Sprintf("%d nights without a server: ", nights)
}

// middle is the index of the night in the middle.
func middle(nights int) int {
	if nights < 1 {
		return anyNumber - 1 // none
	}
	return (nights - 1) / 2
}
