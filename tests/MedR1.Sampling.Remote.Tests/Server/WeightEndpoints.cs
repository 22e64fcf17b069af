using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace MedR1.Sampling.Remote.Tests;

/// <summary>
/// How SGLang and vLLM answer requests about weights: statuses, field names and vLLM's plain texts are those of
/// SGLang 0.5 and of vLLM 0.10 and later.
/// </summary>
internal sealed class WeightEndpoints
{
    /// <summary>Requests in the order of arrival: method, path, body.</summary>
    public List<string> Calls { get; } = [];

    /// <summary>The version that an SGLang server reports.</summary>
    public string SglangVersion { get; set; } = "default";

    /// <summary>Whether the version is served at the older address.</summary>
    public bool IsOldSglang { get; set; }

    /// <summary>The message with which loading is refused; none if it succeeds.</summary>
    public string? Refusal { get; set; }

    /// <summary>Whether an adapter is loaded, but the answer gets lost.</summary>
    public bool LosesAnswers { get; set; }

    /// <summary>Whether a request to load a checkpoint gets no answer until the client disconnects.</summary>
    public bool NeverLoads { get; set; }

    /// <summary>The number of following requests for the version or the models to which the server answers that it is busy.</summary>
    public int BusyAnswers { get; set; }

    /// <summary>Whether a vLLM server with room for one adapter fails to unload one that it has already evicted.</summary>
    public bool FailsToUnload { get; set; }

    /// <summary>The message of that failure; by default, that the engine had no such adapter.</summary>
    public string UnloadFailure { get; set; } = "Failed to remove it from the engine.";

    /// <summary>The models that a vLLM server lists.</summary>
    public List<string> Models { get; } = ["tiny"];

    /// <summary>The authorization header of the last request.</summary>
    public string Authorization { get; private set; } = "";

    /// <summary>The authorization header of the last request for the version.</summary>
    public string VersionAuthorization { get; private set; } = "";

    public void Map(WebApplication application)
    {
        application.MapPost("/update_weights_from_disk", UpdateAsync);
        application.MapGet("/model_info", context =>
        {
            VersionAuthorization = context.Request.Headers.Authorization.ToString();
            return --BusyAnswers >= 0
                ? Replies.Text(context, 503, "busy") : IsOldSglang
                ? Replies.Text(context, 404, """{"detail":"Not Found"}""")
                : Replies.Json(context, new JsonObject { ["model_path"] = "tiny", ["weight_version"] = SglangVersion });
        });
        application.MapGet("/get_weight_version", context => IsOldSglang
            ? Replies.Json(context, new JsonObject { ["weight_version"] = SglangVersion })
            : Replies.Text(context, 404, """{"detail":"Not Found"}"""));
        application.MapPost("/v1/load_lora_adapter", LoadAsync);
        application.MapPost("/v1/unload_lora_adapter", UnloadAsync);
        application.MapGet("/v1/models", context => Replies.Json(context, new JsonObject
        {
            ["object"] = "list",
            ["data"] = new JsonArray([.. Models.Select(name => new JsonObject { ["id"] = name, ["object"] = "model" })]),
        }));
    }

    private async Task UpdateAsync(HttpContext context)
    {
        if (NeverLoads)
        {
            await Replies.Never(context);
            return;
        }

        JsonNode body = await ReadAsync(context);
        if (Refusal is not null)
        {
            await Replies.Text(context, 400, new JsonObject { ["success"] = false, ["message"] = Refusal }.ToJsonString());
            return;
        }

        SglangVersion = (string)body["weight_version"]!;
        await Replies.Json(context, new JsonObject
        {
            ["success"] = true,
            ["message"] = "Succeeded to update model weights.",
            ["num_paused_requests"] = 0,
        });
    }

    private async Task LoadAsync(HttpContext context)
    {
        string name = (string)(await ReadAsync(context))["lora_name"]!;
        if (Refusal is not null)
        {
            await Replies.Refusal(context, 400, Refusal, "InvalidUserInput");
            return;
        }

        Models.Add(name);
        if (LosesAnswers)
        {
            context.Abort();
            return;
        }

        await Replies.Text(context, 200, $"Success: LoRA adapter '{name}' added successfully.");
    }

    private async Task UnloadAsync(HttpContext context)
    {
        string name = (string)(await ReadAsync(context))["lora_name"]!;
        await (FailsToUnload
            ? Replies.Refusal(context, 500, UnloadFailure, "InternalServerError")
            : Models.Remove(name)
            ? Replies.Text(context, 200, $"Success: LoRA adapter '{name}' removed successfully.")
            : Replies.Refusal(context, 404, $"The lora adapter '{name}' cannot be found.", "NotFoundError"));
    }

    private async Task<JsonNode> ReadAsync(HttpContext context)
    {
        JsonNode body = (await JsonNode.ParseAsync(context.Request.Body))!;
        Calls.Add($"{context.Request.Path} {body.ToJsonString()}");
        Authorization = context.Request.Headers.Authorization.ToString();
        return body;
    }
}
