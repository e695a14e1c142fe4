package snapshot

// Pair is a resource in two states, called a and b. Where one of them does not
// hold it, that side is nil.
type Pair struct{ A, B *Resource }

// Version is a document that a resource had for a while.
type Version struct {
	Resource
	// From is the id of the first snapshot that saw it.
	From string
	// Until is the id of the first snapshot that read the resource's collection and
	// did not see this version any more; "" while the newest such snapshot still did.
	Until string
}

// Member is a resource that a snapshot holds, and since when it has been seen.
type Member struct {
	Resource
	// First is the id of the first snapshot of the history, as it is now, that saw the
	// resource, whatever its document was then.
	First string
}
