package snapshot

// Verification is what a check of a whole history found.
type Verification struct {
	Snapshots int // in the chain of manifests
	Captures  int
	Versions  int         // of resources, each with its document
	Bytes     int64       // of documents, uncompressed
	Sealed    bool        // the checksums of the file's pages were compared, too
	Head      string      // id of the newest snapshot; kept elsewhere, it anchors the chain
	Forgotten []Forgotten // oldest first
	Problems  []Problem
}

// Problem is one thing that is not as it was recorded.
type Problem struct {
	Where string // a snapshot, a collection of it, a resource or a place in the file
	What  string
}
