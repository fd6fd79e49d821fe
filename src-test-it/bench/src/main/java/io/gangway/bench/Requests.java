package io.gangway.bench;

/** The requests of the workloads, for benchmarks without a network; over one, the run script sends the same. */
final class Requests {
    private static final String[][] THIRTY = {
        {"Host", "127.0.0.1:8080"},
        {"User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"},
        {"Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"},
        {"Accept-Language", "en-GB,en;q=0.7,de;q=0.3"},
        {"Accept-Encoding", "gzip, deflate, br, zstd"},
        {"Referer", "https://shop.example/catalogue/boats?page=2"},
        {"Cookie", "session=0d1f6c0b7e5a4b3c9d8e7f6a5b4c3d2e; theme=dark; consent=yes"},
        {"DNT", "1"},
        {"Upgrade-Insecure-Requests", "1"},
        {"Sec-Fetch-Dest", "document"},
        {"Sec-Fetch-Mode", "navigate"},
        {"Sec-Fetch-Site", "same-origin"},
        {"Sec-Fetch-User", "?1"},
        {"Priority", "u=0, i"},
        {"Cache-Control", "max-age=0"},
        {"If-None-Match", "\"5f3a-61b2c8d9e0f12\""},
        {"Via", "1.1 edge.example"},
        {"X-Forwarded-For", "203.0.113.7, 198.51.100.4"},
        {"X-Forwarded-Proto", "https"},
        {"X-Request-ID", "7c1d6a2e-3f4b-4c5d-8e9f-0a1b2c3d4e5f"},
        {"X-B3-TraceId", "463ac35c9f6413ad48485a3953bb6124"},
        {"X-B3-SpanId", "a2fb4a1d1a96d312"},
        {"X-B3-ParentSpanId", "0020000000000001"},
        {"X-B3-Sampled", "1"},
        {"X-Envoy-Attempt-Count", "1"},
        {"X-Envoy-External-Address", "203.0.113.7"},
        {"CF-Ray", "8a1b2c3d4e5f6a7b-FRA"},
        {"CF-IPCountry", "DE"},
        {"X-Client-Version", "4.11.2"},
        {"X-Tenant", "harbour"},
    };

    private Requests() {}

    /** The request as a client sends it. */
    static String raw(Workload workload) {
        StringBuilder raw = new StringBuilder("GET / HTTP/1.1\r\n");
        int count = workload == Workload.HEADERS ? THIRTY.length : 1;
        for (int i = 0; i < count; i++) {
            raw.append(THIRTY[i][0]).append(": ").append(THIRTY[i][1]).append("\r\n");
        }
        return raw.append("\r\n").toString();
    }
}
