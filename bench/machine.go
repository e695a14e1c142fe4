package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

// machine is where a run was made.
type machine struct {
	CPU    string            `json:"cpu"`
	Cores  int               `json:"cores"`
	Memory int64             `json:"memory_bytes"`
	Kernel string            `json:"kernel"`
	Files  string            `json:"file_system"`
	Sync   float64           `json:"fsync_seconds"` // median, of 4 KiB
	Go     string            `json:"go"`
	Tools  map[string]string `json:"tools"`
	At     time.Time         `json:"at"`
}

func (l *lab) machine(ctx context.Context) machine {
	m := machine{Cores: runtime.NumCPU(), Go: runtime.Version(), Tools: map[string]string{}, At: time.Now().UTC().Truncate(time.Second)}
	m.CPU = field("/proc/cpuinfo", "model name")
	_, _ = fmt.Sscan(field("/proc/meminfo", "MemTotal"), &m.Memory)
	m.Memory *= 1024
	release, _ := os.ReadFile("/proc/sys/kernel/osrelease")
	m.Kernel = strings.TrimSpace(string(release))
	m.Files, m.Sync = fileSystem(l.dir), fsync(l.dir)
	for _, tool := range tools {
		if l.lacking[tool] != "" {
			continue
		}
		flag := "--version"
		if tool == "restic" {
			flag = "version"
		}
		if out, err := output(command(ctx, l.dir, l.env(), tool, flag)); err == nil {
			line, _, _ := strings.Cut(string(out), "\n")
			m.Tools[tool] = version(line)
		}
	}
	return m
}

// version is the first word of a line that has a digit, without a name before it.
func version(line string) string {
	for word := range strings.FieldsSeq(line) {
		if i := strings.IndexAny(word, "0123456789"); i >= 0 {
			return word[i:]
		}
	}
	return line
}

// field is what the line with a name and a colon says.
func field(path, name string) string {
	text, _ := os.ReadFile(path)
	for line := range strings.Lines(string(text)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// fileSystem says what the directory lies on.
func fileSystem(dir string) (kind string) {
	mounts, _ := os.ReadFile("/proc/mounts")
	longest := -1
	for line := range strings.Lines(string(mounts)) {
		f := strings.Fields(line)
		if len(f) < 3 {
			continue
		}
		if rel, err := filepath.Rel(f[1], dir); err == nil && filepath.IsLocal(rel) && len(f[1]) > longest {
			kind, longest = f[2], len(f[1])
		}
	}
	return kind
}

// fsync is how long the disk takes for 4 KiB: it is in every night.
func fsync(dir string) float64 {
	f, err := os.CreateTemp(dir, "fsync")
	if err != nil {
		return 0
	}
	defer os.Remove(f.Name())
	defer f.Close()
	var took []float64
	for i := range 21 {
		start := time.Now()
		if _, err := f.WriteAt(make([]byte, 4096), int64(i)*4096); err != nil {
			return 0
		}
		if err := f.Sync(); err != nil {
			return 0
		}
		took = append(took, time.Since(start).Seconds())
	}
	slices.Sort(took)
	return took[len(took)/2]
}

func (m machine) String() string {
	var versions []string
	for _, tool := range tools {
		if v := m.Tools[tool]; v != "" {
			versions = append(versions, tool+" "+v)
		}
	}
	return fmt.Sprintf("%d × %s, %.0f GB memory, Linux %s, %s (fsync of 4 KiB: %s), %s; %s; %s", m.Cores, m.CPU, float64(m.Memory)/1e9,
		m.Kernel, m.Files, seconds(m.Sync), m.Go, strings.Join(versions, ", "), m.At.Format(time.DateOnly))
}
