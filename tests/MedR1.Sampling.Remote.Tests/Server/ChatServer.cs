using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MedR1.Sampling.Remote.Tests;

/// <summary>An in-process server that speaks the protocol and answers each request as a test specifies.</summary>
internal sealed class ChatServer : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly Func<HttpContext, ChatCall, Task> _answer;
    private readonly ConcurrentDictionary<string, int> _attempts = new();
    private int _inFlight;
    private int _mostInFlight;

    private ChatServer(WebApplication application, Func<HttpContext, ChatCall, Task> answer)
    {
        _application = application;
        _answer = answer;
    }

    /// <summary>All requests so far, in the order of arrival.</summary>
    public ConcurrentQueue<ChatCall> Calls { get; } = new();

    /// <summary>The endpoints for weights.</summary>
    public WeightEndpoints Weights { get; } = new();

    /// <summary>The most requests that were in flight at once.</summary>
    public int MostInFlight => _mostInFlight;

    /// <summary>The number of requests in flight.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    public Uri Endpoint => new(_application.Urls.Single() + "/v1");

    /// <summary>Starts a server that gives good answers.</summary>
    public static Task<ChatServer> StartAsync() => StartAsync((context, call) => Replies.Good(context, call));

    /// <summary>Starts a server.</summary>
    [SuppressMessage("Reliability", "CA2000", Justification = "The server disposes its application.")]
    public static async Task<ChatServer> StartAsync(Func<HttpContext, ChatCall, Task> answer)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.UseShutdownTimeout(TimeSpan.FromSeconds(1));
        ChatServer server = new(builder.Build(), answer);
        server._application.MapPost("/v1/chat/completions", server.HandleAsync);
        server.Weights.Map(server._application);
        await server._application.StartAsync();
        return server;
    }

    /// <summary>Options that ask this server and don't wait between attempts.</summary>
    public RemoteSamplerOptions Options(List<TimeSpan>? waits = null) => new()
    {
        Endpoint = Endpoint,
        Model = "tiny",
        RequestTimeout = TimeSpan.FromSeconds(20),
        Delay = (wait, _) =>
        {
            lock (this)
            {
                waits?.Add(wait);
            }

            return Task.CompletedTask;
        },
    };

    public async ValueTask DisposeAsync() => await _application.DisposeAsync();

    private async Task HandleAsync(HttpContext context)
    {
        int now = Interlocked.Increment(ref _inFlight);
        try
        {
            int most;
            while (now > (most = _mostInFlight) && Interlocked.CompareExchange(ref _mostInFlight, now, most) != most)
            {
            }

            JsonObject body = (await JsonNode.ParseAsync(context.Request.Body))!.AsObject();
            string question = Question(body);
            int attempt = _attempts.AddOrUpdate(question, 1, (_, count) => count + 1);
            ChatCall call = new(body, question, attempt, context.Request.Headers.Authorization.ToString());
            Calls.Enqueue(call);
            await _answer(context, call);
        }
        catch (OperationCanceledException)
        {
            // The client disconnected.
        }
        finally
        {
            Interlocked.Decrement(ref _inFlight);
        }
    }

    private static string Question(JsonObject body)
    {
        JsonNode content = body["messages"]!.AsArray()[^1]!["content"]!;
        return content is JsonArray parts
            ? parts.Select(part => (string?)part!["text"]).OfType<string>().Single()
            : (string)content!;
    }
}
