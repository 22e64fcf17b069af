using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace MedR1.Sampling.Remote.Tests;

/// <summary>
/// What SGLang and vLLM answer to requests about weights: statuses, names of fields and, of vLLM, plain words are those of
/// SGLang 0.5 and of vLLM from 0.10 on.
/// </summary>
internal sealed class WeightEndpoints
{
    /// <summary>Requests in the order of arrival: method, path, body.</summary>
    public List<string> Calls { get; } = [];

    /// <summary>The version that an SGLang server says it has.</summary>
    public string SglangVersion { get; set; } = "default";

    /// <summary>Whether the version stands at the older address.</summary>
    public bool IsOldSglang { get; set; }

    /// <summary>The words with which loading is refused.</summary>
    public string? Refusal { get; set; }

    /// <summary>Whether an adapter is loaded without an answer.</summary>
    public bool LosesAnswers { get; set; }

    /// <summary>Whether loading a checkpoint is not answered until the client leaves.</summary>
    public bool NeverLoads { get; set; }

    /// <summary>How many of the next requests for what there is are answered that the server is busy.</summary>
    public int BusyAnswers { get; set; }

    /// <summary>Whether a vLLM server that has room for one adapter fails to unload the one that it has dropped already.</summary>
    public bool FailsToUnload { get; set; }

    /// <summary>What it says then; that its engine had no such adapter, unless a test says otherwise.</summary>
    public string UnloadFailure { get; set; } = "Failed to remove it from the engine.";

    /// <summary>Names that a vLLM server lists.</summary>
    public List<string> Models { get; } = ["tiny"];

    /// <summary>The header of the last request.</summary>
    public string Authorization { get; private set; } = "";

    /// <summary>The header of the last request for the version.</summary>
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
