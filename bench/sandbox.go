package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
)

// sandbox is the Cloudflare that a run reads.
type sandbox struct {
	process              *exec.Cmd
	base, account, token string
	pages                []string // URLs of what the night reads
}

// startSandbox serves the people and reads from what is printed how to use it.
func (l *lab) startSandbox(ctx context.Context, users int) (*sandbox, error) {
	cmd := command(ctx, l.dir, l.env(), l.program, "sandbox", "--listen", "127.0.0.1:0", "--no-rate-limit", "--users", fmt.Sprint(users))
	cmd.Stderr = l.log.w
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	s := &sandbox{process: cmd}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		name, value, _ := strings.Cut(strings.TrimPrefix(lines.Text(), "export "), "=")
		switch name {
		case "CLOUDFLARE_BASE_URL":
			s.base = value
		case "CLOUDFLARE_ACCOUNT_ID":
			s.account = value
		case "CLOUDFLARE_API_TOKEN":
			s.token = value
		}
		if s.base != "" && s.account != "" && s.token != "" {
			go func() { _, _ = io.Copy(io.Discard, out) }()
			return s, nil
		}
	}
	s.stop()
	return nil, errors.New("the sandbox did not say how to use it")
}

func (s *sandbox) stop() {
	_ = s.process.Process.Signal(os.Interrupt)
	if err := s.process.Wait(); err != nil {
		_ = syscall.Kill(-s.process.Process.Pid, syscall.SIGKILL) // the group may be gone already
	}
}

// env is what idpsnap needs to use it.
func (s *sandbox) env() []string {
	return []string{"CLOUDFLARE_BASE_URL=" + s.base, "CLOUDFLARE_ACCOUNT_ID=" + s.account, "CLOUDFLARE_API_TOKEN=" + s.token}
}

// nightfall lets people join, leave and change.
func (s *sandbox) nightfall(ctx context.Context, o *options) (err error) {
	changed, added, removed := o.churn()
	return s.post(ctx, fmt.Sprintf("churn?target=account:%s&changed=%d&added=%d&removed=%d", s.account, changed, added, removed), "")
}

func (s *sandbox) slowDown(ctx context.Context, o *options) error {
	return s.post(ctx, "faults", fmt.Sprintf(`{"kind":"latency","latency":%q}`, o.Latency))
}

func (s *sandbox) post(ctx context.Context, path, body string) error {
	url := strings.TrimSuffix(s.base, "/client/v4") + "/sandbox/" + path
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode >= http.StatusMultipleChoices {
		text, _ := io.ReadAll(resp.Body)
		return fmt.Errorf("%s: %s: %s", path, resp.Status, text)
	}
	return nil
}
