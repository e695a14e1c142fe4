package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"

	"golang.org/x/sync/errgroup"
)

// fetchAll reads pages and throws them away: what any client has to do.
func fetchAll(ctx context.Context) error {
	token := os.Getenv("TOKEN")
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: parallelism}}
	var g errgroup.Group
	g.SetLimit(parallelism)
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		url := lines.Text()
		g.Go(func() error {
			req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
			if err != nil {
				return err
			}
			req.Header.Set("Authorization", "Bearer "+token)
			resp, err := client.Do(req)
			if err != nil {
				return err
			}
			defer resp.Body.Close()
			if resp.StatusCode != http.StatusOK {
				return fmt.Errorf("%s: %s", url, resp.Status)
			}
			_, err = io.Copy(io.Discard, resp.Body)
			return err
		})
	}
	return errors.Join(g.Wait(), lines.Err())
}

// listPages finds the URLs of all that a night reads.
func (b *bench) listPages(ctx context.Context) error {
	account := b.base + "/client/v4/accounts/" + b.account
	urls := []string{account, account + "/access/organizations"}
	var providers []struct {
		ID   string `json:"id"`
		SCIM struct {
			Enabled bool `json:"enabled"`
		} `json:"scim_config"`
	}
	for list, size := range map[string]int{"identity_providers": 1000, "apps": 1000, "policies": 1000, "groups": 1000} {
		pages, result, err := b.pagesOf(ctx, account+"/access/"+list, size)
		if err != nil {
			return err
		}
		urls = append(urls, pages...)
		if list == "identity_providers" {
			if err := json.Unmarshal(result, &providers); err != nil {
				return err
			}
		}
	}
	for _, p := range providers {
		for _, list := range []string{"users", "groups"} {
			if !p.SCIM.Enabled {
				continue
			}
			pages, _, err := b.pagesOf(ctx, account+"/access/identity_providers/"+p.ID+"/scim/"+list, 100)
			if err != nil {
				return err
			}
			urls = append(urls, pages...)
		}
	}
	b.pages = []byte(strings.Join(urls, "\n"))
	return nil
}

func (b *bench) pagesOf(ctx context.Context, list string, size int) (urls []string, result json.RawMessage, err error) {
	page := func(n int) string { return fmt.Sprintf("%s?page=%d&per_page=%d", list, n, size) }
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, page(1), nil)
	if err != nil {
		return nil, nil, err
	}
	req.Header.Set("Authorization", "Bearer "+b.token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, nil, err
	}
	defer resp.Body.Close()
	var answer struct {
		Result json.RawMessage `json:"result"`
		Info   struct {
			Total int `json:"total_pages"`
		} `json:"result_info"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		return nil, nil, fmt.Errorf("%s: %w", list, err)
	}
	for n := range max(answer.Info.Total, 1) {
		urls = append(urls, page(n+1))
	}
	return urls, answer.Result, nil
}
