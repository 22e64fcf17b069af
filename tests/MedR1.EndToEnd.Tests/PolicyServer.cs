using System.Globalization;
using System.Text.Json.Nodes;
using MedR1.Sampling;
using MedR1.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MedR1.EndToEnd.Tests;

/// <summary>An in-process server that samples with a separate policy, loaded from folders like by an SGLang server.</summary>
internal sealed class PolicyServer : IAsyncDisposable
{
    private readonly WebApplication _application;

    // A policy belongs to one thread at a time.
    private readonly SemaphoreSlim _turn = new(1, 1);
    private TinyPolicy _policy;
    private string _version = "default";

    private PolicyServer(WebApplication application, TinyPolicy policy)
    {
        _application = application;
        _policy = policy;
    }

    /// <summary>Loaded versions, and "draw" followed by the version for each request of completions.</summary>
    public List<string> Events { get; } = [];

    public Uri Endpoint => new(_application.Urls.Single() + "/v1");

    /// <summary>Starts a server.</summary>
    /// <param name="policy">The policy until another is loaded; the server disposes it.</param>
    public static async Task<PolicyServer> StartAsync(TinyPolicy policy)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        PolicyServer server = new(builder.Build(), policy);
        server._application.MapPost("/update_weights_from_disk", server.LoadAsync);
        server._application.MapGet("/model_info", context => WriteAsync(
            context, new JsonObject { ["weight_version"] = server._version }));
        server._application.MapPost("/v1/chat/completions", server.DrawAsync);
        await server._application.StartAsync();
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await _application.DisposeAsync();
        _policy.Dispose();
        _turn.Dispose();
    }

    private async Task LoadAsync(HttpContext context)
    {
        JsonNode request = (await JsonNode.ParseAsync(context.Request.Body))!;
        await _turn.WaitAsync(context.RequestAborted);
        try
        {
            TinyPolicy loaded = TinyPolicy.Load((string)request["model_path"]!);
            _policy.Dispose();
            _policy = loaded;
            _version = (string)request["weight_version"]!;
            Events.Add($"load {_version}");
        }
        finally
        {
            _turn.Release();
        }

        await WriteAsync(context, new JsonObject { ["success"] = true });
    }

    private async Task DrawAsync(HttpContext context)
    {
        JsonObject request = (await JsonNode.ParseAsync(context.Request.Body))!.AsObject();
        VqaPrompt prompt = VqaPrompt.Ask((string)request["messages"]![0]!["content"]!);
        SamplingOptions options = new()
        {
            SamplesPerPrompt = (int)request["n"]!,
            MaxNewTokens = (int)request["max_tokens"]!,
            Temperature = (double)request["temperature"]!,
            Seed = (long)request["seed"]!,
            SuppressedTokenIds =
            [
                .. request["logit_bias"]!.AsObject().Select(bias => int.Parse(bias.Key, CultureInfo.InvariantCulture)),
            ],
        };
        List<Completion> completions = [];
        await _turn.WaitAsync(context.RequestAborted);
        try
        {
            Events.Add($"draw {_version}");
            await foreach (CompletionGroup group in new LocalSampler(_policy).SampleAsync([prompt], options))
            {
                completions.AddRange(group.Completions);
            }
        }
        finally
        {
            _turn.Release();
        }

        await WriteAsync(context, new JsonObject { ["choices"] = new JsonArray([.. completions.Select(Choice)]) });
    }

    private static JsonObject Choice(Completion completion) => new()
    {
        ["index"] = completion.SampleIndex,
        ["message"] = new JsonObject { ["role"] = "assistant", ["content"] = completion.Text },
        ["finish_reason"] = completion.StopReason == StopReason.EndToken ? "stop" : "length",
        ["logprobs"] = new JsonObject
        {
            ["content"] = new JsonArray([.. completion.TokenIds.Zip(completion.LogProbabilities, (id, value) =>
                new JsonObject { ["token"] = $"token_id:{id}", ["logprob"] = value })]),
        },
    };

    private static Task WriteAsync(HttpContext context, JsonObject body)
    {
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(body.ToJsonString(), context.RequestAborted);
    }
}
