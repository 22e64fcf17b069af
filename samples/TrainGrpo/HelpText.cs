using System.ComponentModel;
using System.Globalization;
using System.Reflection;
using MedR1.Training;
using Microsoft.Extensions.Configuration;

namespace MedR1.Samples.TrainGrpo;

/// <summary>Lists every setting with its value, from appsettings.json or else the default.</summary>
internal static class HelpText
{
    public static void Write(IConfiguration configuration, TextWriter console)
    {
        console.WriteLine("Trains a Qwen2-VL by Med-R1's recipe on a folder of OmniMedVQA. The settings, as in appsettings.json:");
        console.WriteLine();
        TrainGrpoSettings settings = new();
        foreach (PropertyInfo property in SettingNames.Of(typeof(TrainGrpoSettings)))
        {
            console.WriteLine(Line("--", property, configuration, settings));
            console.WriteLine($"      {property.GetCustomAttribute<DescriptionAttribute>()!.Description}");
        }

        console.WriteLine();
        console.WriteLine("Options of the trainer, described in docs/training.md:");
        console.WriteLine();
        GrpoTrainerOptions options = new();
        foreach (PropertyInfo property in SettingNames.Of(typeof(GrpoTrainerOptions)))
        {
            console.WriteLine(
                Line($"--{TrainGrpoSettings.Trainer}:", property, configuration.GetSection(TrainGrpoSettings.Trainer), options));
        }
    }

    private static string Line(string prefix, PropertyInfo property, IConfiguration configuration, object defaults)
    {
        object? value = configuration[property.Name] ?? property.GetValue(defaults);

        // Lists and records are empty or long.
        string text = value is string or ValueType ? Convert.ToString(value, CultureInfo.InvariantCulture)! : "";
        return $"  {prefix}{property.Name} {text}".TrimEnd();
    }
}
