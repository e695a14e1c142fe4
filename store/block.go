package store

import (
	"bytes"
	"fmt"
	"sync"

	"github.com/klauspost/compress/zstd"
)

// blockSize is how much is compressed together. Larger blocks compress better and
// cost more to read one document from.
const blockSize = 64 << 10

var encoder = sync.OnceValues(func() (*zstd.Encoder, error) {
	return zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest),
		zstd.WithWindowSize(128<<10), zstd.WithLowerEncoderMem(true), zstd.WithEncoderConcurrency(2))
})

// maxBlock bounds what a damaged block may unpack to: a block ends with the
// document that fills it, and the API's answers are bounded, too.
const maxBlock = 128 << 20

var decoder = sync.OnceValues(func() (*zstd.Decoder, error) {
	return zstd.NewReader(nil, zstd.WithDecoderConcurrency(4), zstd.WithDecoderMaxMemory(maxBlock))
})

// location says where a document lies. While a snapshot is being recorded, its block
// has no row yet.
type location struct {
	block         *block
	start, length int
}

// block is a block that is being filled, or that waits to be written.
type block struct {
	raw  []byte // until it is compressed
	size int
	data []byte // compressed
	err  error
	done chan struct{} // closed when data or err is set; nil while it is being filled

	row int64 // in the table block, when it has been written

	// A recording's last block, mostly far from full, is put behind those of other
	// recordings into a common one.
	common *block
	shift  int
}

// packer puts documents into blocks, and compresses those that are full in the
// background.
type packer struct {
	full []*block
	last *block
}

func (p *packer) add(document []byte) location {
	if p.last == nil {
		p.last = &block{raw: raws.Get().([]byte)}
	}
	b := p.last
	at := location{b, len(b.raw), len(document)}
	b.raw = append(b.raw, document...)
	if len(b.raw) >= blockSize {
		p.flush()
	}
	return at
}

// raws are the bytes of blocks that have been compressed, to be used again.
var raws = sync.Pool{New: func() any { return make([]byte, 0, blockSize+4<<10) }}

// again lets bytes be used again, but for those that one large document made many.
func again(raw []byte) {
	if cap(raw) <= 2*blockSize {
		raws.Put(raw[:0]) //nolint:staticcheck // a slice header is little beside 64 KiB
	}
}

func (p *packer) flush() {
	if p.last == nil {
		return
	}
	p.last.compress()
	p.full = append(p.full, p.last)
	p.last = nil
}

// take puts another packer's blocks behind this one's.
func (p *packer) take(other *packer) {
	p.full = append(p.full, other.full...)
	if b := other.last; b != nil {
		at := p.add(b.raw)
		b.common, b.shift, b.raw = at.block, at.start, nil
	}
}

func (b *block) compress() {
	b.size = len(b.raw)
	b.done = make(chan struct{})
	go func() {
		defer close(b.done)
		enc, err := encoder()
		if err != nil {
			b.err = fmt.Errorf("compress documents: %w", err)
			return
		}
		buffer := enc.EncodeAll(b.raw, raws.Get().([]byte))
		b.data = bytes.Clone(buffer)
		again(buffer)
		again(b.raw)
		b.raw = nil
	}()
}

// resolve gives the row of the block and where in it the document begins.
func (l location) resolve() (row int64, start int) {
	if l.block.common != nil {
		return l.block.common.row, l.block.shift + l.start
	}
	return l.block.row, l.start
}

// unpackBlock undoes compress, into the memory of to where that is large enough.
func unpackBlock(id int64, data []byte, size int, to []byte) ([]byte, error) {
	dec, err := decoder()
	if err != nil {
		return nil, fmt.Errorf("decompress documents: %w", err)
	}
	if size < 0 || size > maxBlock {
		return nil, fmt.Errorf("%w: block %d claims %d bytes", ErrCorrupt, id, size)
	}
	if cap(to) < size {
		to = make([]byte, 0, size)
	}
	raw, err := dec.DecodeAll(data, to[:0])
	if err != nil {
		return nil, fmt.Errorf("%w: block %d: %w", ErrCorrupt, id, err)
	}
	if len(raw) != size {
		return nil, fmt.Errorf("%w: block %d has %d bytes, not %d", ErrCorrupt, id, len(raw), size)
	}
	return raw, nil
}
