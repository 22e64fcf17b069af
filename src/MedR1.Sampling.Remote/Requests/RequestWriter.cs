using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace MedR1.Sampling.Remote;

/// <summary>Writes the body of a request: OpenAI's protocol with the extensions of vLLM and SGLang.</summary>
internal static class RequestWriter
{
    // The default encoder would write each + in an image's base64 as six characters.
    private static readonly JsonWriterOptions s_relaxed =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the body and reads the prompt's images for it.</summary>
    public static ReadOnlyMemory<byte> Write(PromptJob job, SamplingOptions sampling, RemoteSamplerOptions options)
    {
        ArrayBufferWriter<byte> buffer = new();
        using Utf8JsonWriter json = new(buffer, s_relaxed);
        json.WriteStartObject();
        json.WriteString("model", options.Model);
        WriteMessages(json, job.Prompt);
        json.WriteNumber("n", sampling.SamplesPerPrompt);
        json.WriteNumber("max_tokens", sampling.MaxNewTokens);
        json.WriteNumber("seed", PromptSeeds.ForServer(job.Seed, job.Sample));
        WriteSelection(json, sampling);
        WriteEnds(json, sampling);
        WriteOutput(json, options);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private static void WriteMessages(Utf8JsonWriter json, VqaPrompt prompt)
    {
        json.WriteStartArray("messages");
        foreach (ChatMessage message in prompt.Messages)
        {
            json.WriteStartObject();
            json.WriteString("role", message.Role.Value);
            if (message.Content is [TextPart only])
            {
                // Some chat templates accept only text for roles other than the user.
                json.WriteString("content", only.Text);
            }
            else
            {
                WriteParts(json, message);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteParts(Utf8JsonWriter json, ChatMessage message)
    {
        json.WriteStartArray("content");
        foreach (ChatPart part in message.Content)
        {
            json.WriteStartObject();
            switch (part)
            {
                case TextPart text:
                    json.WriteString("type", "text");
                    json.WriteString("text", text.Text);
                    break;
                case ImagePart image:
                    json.WriteString("type", "image_url");
                    json.WriteStartObject("image_url");
                    json.WriteString("url", DataUri.Of(image.Image));
                    json.WriteEndObject();
                    break;
                default:
                    throw new NotSupportedException($"A {message.Role} message contains a {part.GetType().Name}; use text and images.");
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteSelection(Utf8JsonWriter json, SamplingOptions sampling)
    {
        // Neutral values are also written: for what a request omits, vLLM uses the model's generation_config.json.
        json.WriteNumber("temperature", sampling.Temperature);
        json.WriteNumber("top_p", sampling.TopP);
        json.WriteNumber("top_k", sampling.TopK ?? -1);
        json.WriteNumber("min_p", sampling.MinP ?? 0);
        json.WriteNumber("repetition_penalty", sampling.RepetitionPenalty);

        // The same for llama.cpp, which otherwise considers only the last 64 tokens.
        json.WriteNumber("repeat_penalty", sampling.RepetitionPenalty);
        json.WriteNumber("repeat_last_n", -1);
        json.WriteNumber("min_tokens", sampling.MinNewTokens);
        if (sampling.SuppressedTokenIds.Count > 0)
        {
            json.WriteStartObject("logit_bias");
            foreach (int id in sampling.SuppressedTokenIds.Distinct())
            {
                json.WriteNumber(id.ToString(System.Globalization.CultureInfo.InvariantCulture), -100);
            }

            json.WriteEndObject();
        }
    }

    private static void WriteEnds(Utf8JsonWriter json, SamplingOptions sampling)
    {
        if (sampling.StopStrings.Count > 0)
        {
            json.WriteStartArray("stop");
            foreach (string text in sampling.StopStrings)
            {
                json.WriteStringValue(text);
            }

            json.WriteEndArray();
        }

        if (sampling.EndTokenIds is { Count: > 0 } ends)
        {
            json.WriteStartArray("stop_token_ids");
            foreach (int id in ends)
            {
                json.WriteNumberValue(id);
            }

            json.WriteEndArray();
        }

        // The stop string stays in the text: the first name is vLLM's, the second SGLang's.
        json.WriteBoolean("include_stop_str_in_output", true);
        json.WriteBoolean("no_stop_trim", true);
    }

    private static void WriteOutput(Utf8JsonWriter json, RemoteSamplerOptions options)
    {
        json.WriteBoolean("logprobs", options.RequireLogProbabilities);
        json.WriteBoolean("return_tokens_as_token_ids", options.RequireLogProbabilities);
        json.WriteBoolean("return_token_ids", true);

        // vLLM returns the prompt's ids with return_token_ids, SGLang with this option.
        json.WriteBoolean("return_prompt_token_ids", options.CountsImageTokens);

        // Older versions of SGLang don't support return_token_ids: their ids come with the log-probabilities that this option requests.
        json.WriteBoolean("return_meta_info", options.RequireLogProbabilities);

        // Rewards read the text without control tokens; only an encoder needs them.
        json.WriteBoolean("skip_special_tokens", options.Tokenize is null);
    }
}
