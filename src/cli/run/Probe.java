// Runs in the environment of the app, as its Java does: asks each URL in the ways in which SDKs ask, and prints one JSON
// line for each answer. Arguments: the header to read, URLs for every client, `--`, and URLs for the first one.
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;

public class Probe {
    static final Duration TIMEOUT = Duration.ofSeconds(8);
    static String header;
    static HttpClient client;

    public static void main(String[] arguments) throws Exception {
        header = arguments[0];
        client = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
        List<String> urls = Arrays.asList(arguments).subList(1, arguments.length);
        int end = urls.indexOf("--");
        var pool = Executors.newFixedThreadPool(6);
        for (int index = 0; index < urls.size(); index++) {
            String url = urls.get(index);
            if (index != end) pool.submit(() -> probe("HttpClient", url, () -> askClient(url)));
            if (index < end) pool.submit(() -> probe("HttpURLConnection", url, () -> askConnection(url)));
        }
        pool.shutdown();
    }

    static String askClient(String url) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(url)).timeout(TIMEOUT).build();
        var answer = client.send(request, BodyHandlers.discarding());
        return told(answer.statusCode(), answer.headers().firstValue(header).orElse(null));
    }

    static String askConnection(String url) throws Exception {
        var connection = (HttpURLConnection) URI.create(url).toURL().openConnection();
        connection.setInstanceFollowRedirects(false);
        connection.setConnectTimeout((int) TIMEOUT.toMillis());
        connection.setReadTimeout((int) TIMEOUT.toMillis());
        return told(connection.getResponseCode(), connection.getHeaderField(header));
    }

    static String told(int status, String value) {
        return "\"status\":" + status + ",\"value\":" + (value == null ? "null" : quoted(value));
    }

    static void probe(String client, String url, Callable<String> ask) {
        String answer;
        try {
            answer = ask.call();
        } catch (Exception error) {
            answer = "\"error\":" + quoted(error.toString());
        }
        System.out.println("{\"client\":" + quoted(client) + ",\"url\":" + quoted(url) + "," + answer + "}");
    }

    static String quoted(String text) {
        return "\"" + text.replaceAll("[^ -~]", " ").replaceAll("[\"\\\\]", "\\\\$0") + "\"";
    }
}
