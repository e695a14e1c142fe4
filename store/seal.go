package store

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"github.com/jmoiron/sqlx"

	"github.com/idpsnap/idpsnap/snapshot"
)

// The manifests prove what a history says, but between the rows of a SQLite file
// lies space that no row uses, and a disk that has begun to fail does not choose.
// So after each snapshot and each run the file is sealed: a checksum of every page
// is kept in the file itself. It cannot cover its own pages, of which the unused
// part must be zero, nor pages that are free. How pages are made up is described in
// SQLite's "Database File Format".

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Seal seals the file as it is now. Recording a snapshot ends with that; who
// appends to the journal does it once, at the end of a run (see Append).
func (s *Store) Seal(ctx context.Context) error {
	return translate(s.seal(ctx), s.path)
}

// seal records the checksums of all pages as they are. A process that is killed
// before it comes to this leaves an old seal, which its counter gives away.
func (s *Store) seal(ctx context.Context) error {
	return inTx(ctx, s.writer, func(tx *sqlx.Tx) error { // which keeps others from writing
		file, err := s.header()
		if err != nil || file.unusual {
			return err
		}
		sums := make([]byte, 0, roundUp(4*file.pages, file.pageSize))
		if err := file.eachPage(func(_ int, page []byte) {
			sums = binary.BigEndian.AppendUint32(sums, crc32.Checksum(page, castagnoli))
		}); err != nil {
			return err
		}
		// Of one size from night to night, the row is overwritten where it is.
		_, err = tx.ExecContext(ctx, `INSERT INTO seal (id, counter, pages, sums) VALUES (1, ?, ?, ?)
			ON CONFLICT (id) DO UPDATE SET counter = excluded.counter, pages = excluded.pages, sums = excluded.sums`,
			int64(file.counter)+1, file.pages, sums[:cap(sums)])
		return err
	})
}

func roundUp(n, to int) int { return (n + to - 1) / to * to }

// checkSeal compares every page with the seal, unless that is not of the last write.
func (s *Store) checkSeal(ctx context.Context) (sealed bool, problems []snapshot.Problem, err error) {
	err = inTx(ctx, s.reader, func(tx *sqlx.Tx) error { // which keeps others from writing
		var seal struct {
			Counter int64  `db:"counter"`
			Pages   int    `db:"pages"`
			Sums    []byte `db:"sums"`
			Root    int    `db:"rootpage"`
		}
		err := tx.GetContext(ctx, &seal, `SELECT counter, pages, sums, rootpage FROM seal, sqlite_master WHERE type = 'table' AND name = 'seal'`)
		if err != nil {
			if noRows(err) {
				return nil // nothing was ever recorded, or the first write was cut short
			}
			return err
		}
		file, err := s.header()
		if err != nil {
			return err
		}
		if int64(file.counter) != seal.Counter || file.unusual {
			return nil // the last write was cut short before it was sealed, or was another program's
		}
		sealed = true
		spared, err := file.uncovered(seal.Root)
		if errors.Is(err, ErrCorrupt) || len(seal.Sums) < 4*seal.Pages {
			problems = append(problems, snapshot.Problem{Where: "seal", What: fmt.Sprintf("cannot be read: %v", err)})
			return nil
		}
		if err != nil {
			return err
		}
		return file.eachPage(func(n int, page []byte) {
			if spared[n] {
				return
			}
			if n > seal.Pages || binary.BigEndian.Uint32(seal.Sums[4*(n-1):]) != crc32.Checksum(page, castagnoli) {
				problems = append(problems, snapshot.Problem{
					Where: fmt.Sprintf("page %d", n),
					What:  fmt.Sprintf("bytes %d to %d of the file are not as they were written", (n-1)*file.pageSize, n*file.pageSize-1),
				})
			}
		})
	})
	return sealed, problems, err
}

// pageFile reads a SQLite file page by page. Pages are numbered from 1.
type pageFile struct {
	r        io.ReaderAt
	pageSize int
	pages    int
	counter  uint32 // grows with every write
	freelist int    // its first page, 0 where none is free
	unusual  bool   // somebody set auto_vacuum, with which the seal's write touches pages all over, or reserved bytes in each page
}

func (s *Store) header() (pageFile, error) {
	var h [100]byte
	if _, err := s.file.ReadAt(h[:], 0); err != nil {
		return pageFile{}, fmt.Errorf("read the file's header: %w", err)
	}
	f := pageFile{r: s.file, pageSize: int(binary.BigEndian.Uint16(h[16:])), counter: binary.BigEndian.Uint32(h[24:])}
	if f.pageSize == 1 {
		f.pageSize = 65536
	}
	f.unusual = binary.BigEndian.Uint32(h[52:]) != 0 || h[20] != 0
	f.pages, f.freelist = int(binary.BigEndian.Uint32(h[28:])), int(binary.BigEndian.Uint32(h[32:]))
	if f.pageSize < 512 {
		return pageFile{}, fmt.Errorf("%w: pages of %d bytes", ErrCorrupt, f.pageSize)
	}
	return f, nil
}

func (f pageFile) page(n int, buf []byte) error {
	if n < 1 || n > f.pages {
		return fmt.Errorf("%w: page %d of %d", ErrCorrupt, n, f.pages)
	}
	if _, err := f.r.ReadAt(buf[:f.pageSize], int64(n-1)*int64(f.pageSize)); err != nil {
		return fmt.Errorf("read page %d: %w", n, err)
	}
	return nil
}

// eachPage calls fn for every page, without what the seal's own write changes on
// the first one: the counters, the number of pages and the list of free ones.
func (f pageFile) eachPage(fn func(n int, page []byte)) error {
	const batch = 64
	buf := make([]byte, batch*f.pageSize)
	for first := 1; first <= f.pages; first += batch {
		n := min(batch, f.pages-first+1)
		if _, err := f.r.ReadAt(buf[:n*f.pageSize], int64(first-1)*int64(f.pageSize)); err != nil {
			if errors.Is(err, io.EOF) {
				return fmt.Errorf("%w: the file is cut off", ErrCorrupt)
			}
			return fmt.Errorf("read pages: %w", err)
		}
		if first == 1 {
			clear(buf[24:40])
			clear(buf[92:100])
		}
		for i := range n {
			fn(first+i, buf[i*f.pageSize:(i+1)*f.pageSize])
		}
	}
	return nil
}

// uncovered gives the pages that the seal says nothing of: those that hold the
// seal, whose table has one row and begins with page root, and free ones.
func (f pageFile) uncovered(root int) (map[int]bool, error) {
	pages := map[int]bool{}
	buf := make([]byte, f.pageSize)
	add := func(n int) error {
		if pages[n] {
			return fmt.Errorf("%w: page %d twice in a list", ErrCorrupt, n)
		}
		pages[n] = true
		return f.page(n, buf)
	}
	for n := f.freelist; n != 0; n = int(binary.BigEndian.Uint32(buf)) {
		if err := add(n); err != nil {
			return nil, err
		}
		leaves := int(binary.BigEndian.Uint32(buf[4:]))
		if leaves > f.pageSize/4-2 {
			return nil, fmt.Errorf("%w: a list of %d free pages on one", ErrCorrupt, leaves)
		}
		for i := range leaves {
			pages[int(binary.BigEndian.Uint32(buf[8+4*i:]))] = true
		}
	}
	if err := add(root); err != nil {
		return nil, err
	}
	rest, next, err := f.onlyCell(buf)
	for err == nil && rest > 0 {
		if err = add(next); err != nil {
			break
		}
		next = int(binary.BigEndian.Uint32(buf))
		used := min(rest, f.pageSize-4)
		rest -= used
		err = wantZeros(buf[4+used:])
	}
	return pages, err
}

// onlyCell reads a table's leaf page that has one cell. It gives how much of the
// cell is on overflow pages, and the first of them.
func (f pageFile) onlyCell(leaf []byte) (rest, next int, err error) {
	const tableLeaf, header = 13, 8 + 2
	at := int(binary.BigEndian.Uint16(leaf[8:]))
	if leaf[0] != tableLeaf || binary.BigEndian.Uint16(leaf[3:]) != 1 || at < header || at+18 > len(leaf) {
		return 0, 0, fmt.Errorf("%w: the seal is not one row", ErrCorrupt)
	}
	if err := wantZeros(leaf[header:at]); err != nil {
		return 0, 0, err
	}
	payload, n := varint(leaf[at:])
	_, m := varint(leaf[at+n:])
	at += n + m
	whole := f.pageSize - 35
	local, least := payload, (f.pageSize-12)*32/255-23
	if payload > whole {
		if local = least + (payload-least)%(f.pageSize-4); local > whole {
			local = least
		}
	}
	if at+local > len(leaf) || payload > local && at+local+4 > len(leaf) {
		return 0, 0, fmt.Errorf("%w: the seal's row is cut off", ErrCorrupt)
	}
	if payload > local {
		next = int(binary.BigEndian.Uint32(leaf[at+local:]))
		at += 4
	}
	return payload - local, next, wantZeros(leaf[at+local:])
}

func wantZeros(unused []byte) error {
	if len(bytes.Trim(unused, "\x00")) > 0 {
		return fmt.Errorf("%w: there is something where the seal has nothing", ErrCorrupt)
	}
	return nil
}

// varint reads a number of SQLite's: 7 bits a byte, the first the highest, and 8 in
// the ninth.
func varint(b []byte) (value, length int) {
	for length < 8 {
		value = value<<7 | int(b[length]&0x7f)
		length++
		if b[length-1] < 0x80 {
			return value, length
		}
	}
	return value<<8 | int(b[8]), 9
}
