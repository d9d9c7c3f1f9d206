using System.Text;

namespace NoraPipelines.Build;

/// <summary>
/// TorchSharp's libLibTorchSharp.so asks for the symbol version GLIBCXX_3.4.32 (GCC 13), but no relocation uses a symbol
/// of that version: only the tag keeps it from loading on Debian 12, Ubuntu 22.04 or RHEL 9. This marks that one version
/// requirement weak, so that the loader warns about it no more than about any weak symbol.
/// </summary>
/// <remarks>
/// The structures are walked (ELF64 little-endian: section headers, .gnu.version_r with Elf64_Verneed and Elf64_Vernaux);
/// bytes are never searched for.
/// </remarks>
public static class NativeCompatibility
{
    public const string Version = "GLIBCXX_3.4.32";

    private const int SectionVersionDefinitions = 0x6ffffffd; // SHT_GNU_verdef
    private const int SectionVersionNeeds = 0x6ffffffe;       // SHT_GNU_verneed
    private const ushort WeakFlag = 2;                        // VER_FLG_WEAK

    /// <summary>Marks the requirement weak in <paramref name="library"/>; false where it is absent or weak already.</summary>
    /// <exception cref="InvalidDataException">The file is not the ELF shared library that it should be.</exception>
    public static bool MakeVersionWeak(string library, string version = Version)
    {
        var elf = Elf.Read(library);
        var flags = elf.FindNeededVersion(version);
        if (flags < 0 || (elf.UInt16(flags) & WeakFlag) != 0) return false;

        elf.Bytes[flags] |= (byte)WeakFlag;
        OutputFile.Replace(library, elf.Bytes);
        return true;
    }

    /// <summary>Whether this system's libstdc++ defines the version; null where no libstdc++ is found.</summary>
    public static bool? HostDefines(string version = Version)
    {
        foreach (var folder in new[]
                 {
                     "/usr/lib/x86_64-linux-gnu", "/lib/x86_64-linux-gnu", "/usr/lib64", "/lib64", "/usr/lib", "/lib",
                 })
        {
            var candidate = Path.Combine(folder, "libstdc++.so.6");
            if (File.Exists(candidate)) return Elf.Read(candidate).DefinesVersion(version);
        }
        return null;
    }

    private sealed class Elf
    {
        public byte[] Bytes;
        private readonly string _path;

        private Elf(string path, byte[] bytes)
        {
            _path = path;
            Bytes = bytes;
        }

        public static Elf Read(string path)
        {
            var elf = new Elf(path, File.ReadAllBytes(path));
            if (elf.Bytes.Length < 64 || elf.UInt32(0) != 0x464c457f) throw elf.Unexpected("it does not begin as an ELF file");
            if (elf.Bytes[4] != 2 || elf.Bytes[5] != 1) throw elf.Unexpected("it is not a 64-bit little-endian ELF file");
            return elf;
        }

        /// <summary>Offset of vna_flags of the requirement named <paramref name="version"/>, or −1.</summary>
        public int FindNeededVersion(string version)
        {
            foreach (var section in Sections(SectionVersionNeeds))
            {
                var need = section.Offset;
                for (var file = 0; file < section.Count; file++)
                {
                    var auxiliary = need + (int)UInt32(need + 8);             // vn_aux
                    for (var entry = 0; entry < UInt16(need + 2); entry++)    // vn_cnt
                    {
                        if (Text(section.Strings, UInt32(auxiliary + 8)) == version) return auxiliary + 4; // vna_name, vna_flags
                        auxiliary += (int)UInt32(auxiliary + 12);             // vna_next
                    }
                    need += (int)UInt32(need + 12);                           // vn_next
                }
            }
            return -1;
        }

        public bool DefinesVersion(string version)
        {
            foreach (var section in Sections(SectionVersionDefinitions))
            {
                var definition = section.Offset;
                for (var entry = 0; entry < section.Count; entry++)
                {
                    var auxiliary = definition + (int)UInt32(definition + 12); // vd_aux
                    if (Text(section.Strings, UInt32(auxiliary)) == version) return true;
                    definition += (int)UInt32(definition + 16);                // vd_next
                }
            }
            return false;
        }

        private IEnumerable<Section> Sections(int type)
        {
            var table = Offset(UInt64(40));   // e_shoff
            int size = UInt16(58), count = UInt16(60);
            if (size < 64 || count == 0) throw Unexpected("it has no section headers");
            for (var index = 0; index < count; index++)
            {
                var header = table + index * size;
                if ((int)UInt32(header + 4) != type) continue;
                var strings = table + (int)UInt32(header + 40) * size; // sh_link
                yield return new Section
                {
                    Offset = Offset(UInt64(header + 24)),
                    Count = (int)UInt32(header + 44),
                    Strings = Offset(UInt64(strings + 24)),
                };
            }
        }

        private string Text(int strings, uint offset)
        {
            int start = Offset((ulong)strings + offset), end = start;
            while (end < Bytes.Length && Bytes[end] != 0) end++;
            return Encoding.ASCII.GetString(Bytes, start, end - start);
        }

        private int Offset(ulong value)
        {
            if (value >= (ulong)Bytes.Length) throw Unexpected("an offset, " + value + ", lies outside its " + Bytes.Length + " bytes");
            return (int)value;
        }

        public ushort UInt16(int offset) => BitConverter.ToUInt16(Bytes, Inside(offset, 2));
        public uint UInt32(int offset) => BitConverter.ToUInt32(Bytes, Inside(offset, 4));
        private ulong UInt64(int offset) => BitConverter.ToUInt64(Bytes, Inside(offset, 8));

        private int Inside(int offset, int length)
        {
            if (offset < 0 || offset > Bytes.Length - length) throw Unexpected("it ends before offset " + offset);
            return offset;
        }

        private InvalidDataException Unexpected(string what)
        {
            return new InvalidDataException(
                _path + ": " + what + ". Expected a Linux x64 shared library of the TorchSharp package; clean the output folder "
                + "and restore the package again (dotnet nuget locals global-packages --clear).");
        }

        public struct Section
        {
            public int Offset;
            public int Count;
            public int Strings;
        }
    }
}
