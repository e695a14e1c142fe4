package sandbox

import "time"

// random is a small seeded generator (splitmix64). The sandbox draws ids, names and orders from it, so that the
// same seed and the same calls make the same world.
type random struct{ state uint64 }

func (r *random) next() uint64 {
	r.state += 0x9e3779b97f4a7c15
	z := r.state
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb
	return z ^ (z >> 31)
}

// below draws from 0 to n-1; n must be positive.
func (r *random) below(n int) int {
	return int(r.next()>>33) % n // 31 bits fit every int
}

func pick[T any](r *random, from []T) T { return from[r.below(len(from))] }

const hexDigits = "0123456789abcdef"

// appendHex appends n random hex digits.
func (r *random) appendHex(dst []byte, n int) []byte {
	var bits uint64
	for i := range n {
		if i%16 == 0 {
			bits = r.next()
		}
		dst = append(dst, hexDigits[bits&15])
		bits >>= 4
	}
	return dst
}

func (r *random) hex(n int) string { return string(r.appendHex(make([]byte, 0, n), n)) }

// appendUUID appends a version 4 UUID.
func (r *random) appendUUID(dst []byte) []byte {
	at := len(dst)
	dst = r.appendHex(dst, 36)
	for _, dash := range []int{8, 13, 18, 23} {
		dst[at+dash] = '-'
	}
	dst[at+14] = '4'
	dst[at+19] = "89ab"[r.below(4)]
	return dst
}

func (r *random) uuid() string { return string(r.appendUUID(make([]byte, 0, 36))) }

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

// appendLetters appends n letters and digits, as in vendors' ids and secrets.
func (r *random) appendLetters(dst []byte, n int) []byte {
	for range n {
		dst = append(dst, letters[r.below(len(letters))])
	}
	return dst
}

func (r *random) letters(n int) string { return string(r.appendLetters(make([]byte, 0, n), n)) }

// before draws a moment of the given number of days before now, to the second.
func (r *random) before(now time.Time, days int) time.Time {
	return now.Add(-time.Duration(r.below(days*86400)) * time.Second).UTC().Truncate(time.Second)
}

// shuffle permutes items in place.
func shuffle[T any](r *random, items []T) {
	for i := len(items) - 1; i > 0; i-- {
		j := r.below(i + 1)
		items[i], items[j] = items[j], items[i]
	}
}
