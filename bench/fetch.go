package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"golang.org/x/sync/errgroup"
)

// fetchAll reads pages, of which the list has a URL a line, and throws them away:
// what any client has to do.
func fetchAll(ctx context.Context, token string, list io.Reader) error {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: parallelism}}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(parallelism)
	lines := bufio.NewScanner(list)
	for lines.Scan() {
		url := lines.Text()
		g.Go(func() error {
			resp, err := get(ctx, client, token, url)
			if err != nil {
				return err
			}
			defer resp.Body.Close()
			_, err = io.Copy(io.Discard, resp.Body)
			return err
		})
	}
	return errors.Join(g.Wait(), lines.Err())
}

func get(ctx context.Context, client *http.Client, token, url string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		resp.Body.Close()
		return nil, fmt.Errorf("%s: %s", url, resp.Status)
	}
	return resp, nil
}

// listPages finds the URLs of all that a night reads.
func (s *sandbox) listPages(ctx context.Context) (urls []string, err error) {
	account := s.base + "/accounts/" + s.account
	urls = []string{account, account + "/access/organizations"}
	var providers []struct {
		ID   string `json:"id"`
		SCIM struct {
			Enabled bool `json:"enabled"`
		} `json:"scim_config"`
	}
	for _, list := range []string{"identity_providers", "apps", "policies", "groups"} {
		pages, result, err := s.pagesOf(ctx, account+"/access/"+list, 1000)
		if err != nil {
			return nil, err
		}
		urls = append(urls, pages...)
		if list == "identity_providers" {
			if err := json.Unmarshal(result, &providers); err != nil {
				return nil, err
			}
		}
	}
	for _, p := range providers {
		for _, list := range []string{"users", "groups"} {
			if !p.SCIM.Enabled {
				continue
			}
			pages, _, err := s.pagesOf(ctx, account+"/access/identity_providers/"+p.ID+"/scim/"+list, 100)
			if err != nil {
				return nil, err
			}
			urls = append(urls, pages...)
		}
	}
	return urls, nil
}

func (s *sandbox) pagesOf(ctx context.Context, list string, size int) (urls []string, result json.RawMessage, err error) {
	page := func(n int) string { return fmt.Sprintf("%s?page=%d&per_page=%d", list, n, size) }
	resp, err := get(ctx, http.DefaultClient, s.token, page(1))
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
