package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"

	"github.com/idpsnap/idpsnap/snapshot"
)

// key is a resource's id, packed: a length and the id itself, or 0 and 16 bytes
// where the id is a UUID in its usual form, as Cloudflare's are.
type key []byte

const (
	uuidLen    = 36 // of a UUID as text
	uuidKeyLen = 17 // of its key
)

func packKey(dst []byte, id string) (key, error) {
	if len(id) == uuidLen && id[8] == '-' && id[13] == '-' && id[18] == '-' && id[23] == '-' {
		var text [32]byte
		copy(text[0:], id[0:8])
		copy(text[8:], id[9:13])
		copy(text[12:], id[14:18])
		copy(text[16:], id[19:23])
		copy(text[20:], id[24:])
		var packed [uuidKeyLen]byte
		if _, err := hex.Decode(packed[1:], text[:]); err == nil && !hasUpper(text[:]) {
			return append(dst, packed[:]...), nil
		}
	}
	if len(id) == 0 || len(id) > 255 {
		return nil, fmt.Errorf("an id of %d bytes: %.40q", len(id), id)
	}
	return append(append(dst, byte(len(id))), id...), nil //nolint:gosec // at most 255
}

func hasUpper(hexDigits []byte) bool {
	for _, b := range hexDigits {
		if b >= 'A' && b <= 'F' {
			return true
		}
	}
	return false
}

// id unpacks the key.
func (k key) id() string {
	if k[0] != 0 {
		return string(k[1:])
	}
	h := hex.EncodeToString(k[1:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// hash is the first 16 bytes of the SHA-256 of a key: who has the one has the other.
type hash [16]byte

func (k key) hash() hash {
	sum := sha256.Sum256(k)
	return hash(sum[:16])
}

// place is where a key with the hash lies in its collection's tree.
func (h hash) place() uint64 { return binary.BigEndian.Uint64(h[:]) }

// place is where a key lies in its collection's tree.
func (k key) place() uint64 { return k.hash().place() }

// entry is what the head of a collection holds of one resource, packed: the key
// and then, at fixed offsets behind it,
type entry []byte

const (
	rawAt      = 0             // of a SCIM resource, the first 16 bytes of the SHA-256 of it as it was served
	digestAt   = rawAt + 16    // SHA-256 of its document
	settingsAt = digestAt + 32 // the first 8 bytes of the SHA-256 of its settings
	versionAt  = settingsAt + 8
	activeAt   = versionAt + 8 // 1: a SCIM user that is active
	markAt     = activeAt + 1  // in memory, which reading saw it; 0 on disk
	fixedLen   = markAt + 1
)

func keyLen(b []byte) int {
	if b[0] == 0 {
		return uuidKeyLen
	}
	return 1 + int(b[0])
}

func (e entry) key() key           { return key(e[:keyLen(e)]) }
func (e entry) fixed() []byte      { return e[keyLen(e):] }
func (e entry) raw() []byte        { return e.fixed()[rawAt:digestAt] }
func (e entry) digest() []byte     { return e.fixed()[digestAt:settingsAt] }
func (e entry) settings() []byte   { return e.fixed()[settingsAt:versionAt] }
func (e entry) version() int64     { return int64(binary.BigEndian.Uint64(e.fixed()[versionAt:])) } //nolint:gosec // written from an int64
func (e entry) setVersion(v int64) { binary.BigEndian.PutUint64(e.fixed()[versionAt:], uint64(v)) } //nolint:gosec // read back as an int64
func (e entry) active() bool       { return e.fixed()[activeAt] == 1 }
func (e entry) mark() *byte        { return &e.fixed()[markAt] }

// newEntry packs an entry, into the memory of to where that is large enough.
func newEntry(to []byte, k key, raw [16]byte, digest snapshot.Digest, settings [8]byte, active bool) entry {
	e := append(entry(to[:0]), k...)
	e = append(e, raw[:]...)
	e = append(e, digest[:]...)
	e = append(e, settings[:]...)
	e = append(e, make([]byte, fixedLen-versionAt)...)
	if active {
		e.fixed()[activeAt] = 1
	}
	return e[:len(e):len(e)]
}

// next gives the first entry of a packed list and what follows it.
func next(entries []byte) (entry, []byte) {
	n := keyLen(entries) + fixedLen
	return entry(entries[:n:n]), entries[n:]
}

// checkEntries reports whether the bytes are a packed list.
func checkEntries(entries []byte) bool {
	var last key
	for len(entries) > 0 {
		if n := keyLen(entries) + fixedLen; n > len(entries) {
			return false
		}
		var e entry
		e, entries = next(entries)
		if *e.mark() != 0 {
			return false
		}
		if last != nil && bytes.Compare(last, e.key()) >= 0 {
			return false
		}
		last = e.key()
	}
	return true
}
